import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Outbox } from "../../src/services/Outbox.ts"
import { outboxLaws } from "./outboxLaws.ts"
import * as Context from "effect/Context"

const memory = Effect.succeed({
  open: Effect.map(Layer.build(Outbox.layerMemory), (context) => Context.get(context, Outbox))
})

outboxLaws("The outbox in memory", memory)
