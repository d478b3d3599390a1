/**
 * Events.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Stream from "effect/Stream"
import { EventsApi } from "../api/Events.ts"
import type { CommonError } from "../errors.ts"
import { client } from "../layers/Client.ts"
import type { Transport } from "../layers/Transport.ts"
import type { EventListParams, EventListV2Params, IngestedEvent } from "../schemas/IngestedEvent.ts"
import type { CursorPage } from "../schemas/Paging.ts"
import { makeIngest, type IngestService } from "./Ingest.ts"
import { cursors } from "./Paging.ts"

/**
 * Operations on events.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventsService extends Pick<IngestService, "ingest"> {
  /**
   * Lists the most recent events, newest first: at most 100, from the last 32 days.
   *
   * `GET /api/v1/events`
   */
  readonly list: (params?: EventListParams) => Effect.Effect<ReadonlyArray<IngestedEvent>, CommonError>
  /**
   * Lists one page of events with filters, newest first and without an age limit.
   *
   * `GET /api/v2/events`
   */
  readonly listV2: (params?: EventListV2Params) => Effect.Effect<CursorPage<IngestedEvent>, CommonError>
  /** Streams all matching events, newest first: {@link EventsService.listV2}, following the pages. */
  readonly items: (params?: EventListV2Params) => Stream.Stream<IngestedEvent, CommonError>
}

const make = Effect.gen(function* () {
  const events = yield* client(EventsApi)
  const { ingest } = yield* makeIngest
  const listV2 = (query: EventListV2Params = {}) => events.listEventsV2({ query })
  return Events.of({
    ingest,
    list: (query = {}) => events.listEvents({ query }),
    listV2,
    items: (params = {}) => cursors((cursor) => listV2({ ...params, cursor }), params.cursor)
  })
})

/**
 * Service that sends and lists events.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Events } from "@openmeter/sdk/effect"
 *
 * const program = Effect.gen(function*() {
 *   const events = yield* Events
 *   const [sent] = yield* events.ingest([{ type: "prompt", subject: "customer-1", data: { tokens: 42 } }])
 *   return yield* events.list({ id: sent?.id })
 * })
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class Events extends Context.Service<Events, EventsService>()("@openmeter/sdk/Events") {
  /** Layer of the service, over the {@link Transport}. */
  static readonly layer: Layer.Layer<Events, never, Transport> = Layer.effect(Events, make)
}
