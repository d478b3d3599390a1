import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { describe, expectTypeOf, it } from "vitest"
import type { InvalidRequestError } from "../../src/errors.ts"
import { EventBuffer, type EventBufferService } from "../../src/services/EventBuffer.ts"
import type { Ingest } from "../../src/services/Ingest.ts"
import type { Outbox, OutboxError } from "../../src/services/Outbox.ts"

describe("EventBuffer says in its type where its events wait:", () => {
  it("in an outbox that the program provides", () => {
    expectTypeOf(EventBuffer.layer()).toEqualTypeOf<
      Layer.Layer<EventBuffer, InvalidRequestError | OutboxError, Ingest | Outbox>
    >()
    expectTypeOf(EventBuffer.make()).toEqualTypeOf<
      Effect.Effect<EventBufferService, InvalidRequestError | OutboxError, Ingest | Outbox | Scope.Scope>
    >()
  })

  it("or in memory, which does not fail", () => {
    expectTypeOf(EventBuffer.layerMemory()).toEqualTypeOf<Layer.Layer<EventBuffer, InvalidRequestError, Ingest>>()
  })
})
