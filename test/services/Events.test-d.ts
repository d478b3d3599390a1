import type { Effect, Stream } from "effect"
import { expectTypeOf, it } from "vitest"
import type { EventsApi } from "../../src/api/Events.ts"
import type { IngestApi } from "../../src/api/Ingest.ts"
import type { CommonError, PayloadTooLargeError } from "../../src/errors.ts"
import type { Client } from "../../src/layers/Client.ts"
import type { Event, SentEvent } from "../../src/schemas/Event.ts"
import type { EventsService } from "../../src/services/Events.ts"
import type { IngestService } from "../../src/services/Ingest.ts"

type ErrorOf<F extends (...args: never) => Effect.Effect<unknown, unknown>> = Effect.Error<ReturnType<F>>
type Contract = Client<typeof EventsApi>

it("names in each method's error channel exactly what the contract declares", () => {
  expectTypeOf<ErrorOf<IngestService["ingest"]>>().toEqualTypeOf<ErrorOf<Client<typeof IngestApi>["ingestEvents"]>>()
  expectTypeOf<ErrorOf<EventsService["ingest"]>>().toEqualTypeOf<PayloadTooLargeError | CommonError>()
  expectTypeOf<ErrorOf<EventsService["list"]>>().toEqualTypeOf<ErrorOf<Contract["listEvents"]>>()
  expectTypeOf<ErrorOf<EventsService["listV2"]>>().toEqualTypeOf<ErrorOf<Contract["listEventsV2"]>>()
  expectTypeOf<Stream.Error<ReturnType<EventsService["items"]>>>().toEqualTypeOf<CommonError>()
  expectTypeOf<ErrorOf<EventsService["list"]>>().toEqualTypeOf<CommonError>()
})

it("takes an event of type and subject alone, and gives one with every default", () => {
  expectTypeOf<{ type: string; subject: string }>().toExtend<Event>()
  expectTypeOf<{ type: string; subject: string; time: string; data: { tokens: number } }>().toExtend<Event>()
  expectTypeOf<{ type: string }>().not.toExtend<Event>()
  expectTypeOf<{ type: string; subject: string; data: string }>().not.toExtend<Event>()
  expectTypeOf<SentEvent>().toExtend<Event>()
  expectTypeOf<SentEvent["id"]>().toEqualTypeOf<string>()
  expectTypeOf<SentEvent["time"]>().toEqualTypeOf<string>()
})
