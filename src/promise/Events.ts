/**
 * Events, with Promises.
 *
 * @since 2.0.0
 */
import type { Event, SentEvent } from "../schemas/Event.ts"
import type { EventListParams, EventListV2Params, IngestedEvent } from "../schemas/IngestedEvent.ts"
import type { CursorPage } from "../schemas/Paging.ts"
import { Events as Service } from "../services/Events.ts"
import type { Ingest } from "../services/Ingest.ts"
import { EventBuffer, type EventBufferOptions } from "./EventBuffer.ts"
import type { Listing } from "./Listing.ts"
import type { RequestOptions, Runner } from "./Runner.ts"

/**
 * The operations on events.
 *
 * @since 2.0.0
 * @category resources
 */
export class Events {
  readonly #runner: Runner<Service | Ingest>

  /** @internal */
  constructor(runner: Runner<Service | Ingest>) {
    this.#runner = runner
  }

  /**
   * Sends one event, or several as one batch, and returns them as they were sent, with every default filled in.
   *
   * Resolved means that the server has queued them; queries see them a little later. An event whose id and source the
   * server has seen already is dropped, so the same events can be sent again after a failure. An empty list sends
   * nothing, and neither does a list with an event that is wrong: the `InvalidRequestError` names its place.
   *
   * `POST /api/v1/events`
   *
   * @example
   * ```ts
   * await openmeter.events.ingest({ type: "prompt", subject: "customer-1", data: { tokens: 42, model: "gpt-4" } })
   * ```
   */
  ingest(events: Event | ReadonlyArray<Event>, options?: RequestOptions): Promise<ReadonlyArray<SentEvent>> {
    return this.#runner.run(Service, (service) => service.ingest(events), options)
  }

  /**
   * Lists the latest events, newest first: at most 100, of the last 32 days.
   *
   * `GET /api/v1/events`
   */
  list(params?: EventListParams, options?: RequestOptions): Listing<ReadonlyArray<IngestedEvent>, IngestedEvent> {
    return this.#runner.array(Service, (events) => events.list(params), options)
  }

  /**
   * Lists one page of events, newest first, by any filter and as far back as they go. Iterated, it follows the pages.
   *
   * `GET /api/v2/events`
   */
  listV2(params?: EventListV2Params, options?: RequestOptions): Listing<CursorPage<IngestedEvent>, IngestedEvent> {
    return this.#runner.list(
      Service,
      (events) => events.listV2(params),
      (events) => events.items(params),
      options
    )
  }

  /**
   * Opens a buffer: events are offered to it one by one, and delivered in batches, each of them accounted for. It is to
   * be closed before the process ends; closing the client closes it too.
   *
   * @example
   * ```ts
   * await using buffer = openmeter.events.buffer({ overflow: "fail" })
   * const receipt = await buffer.offer({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
   * const outcome = await receipt.delivered
   * ```
   *
   * @throws InvalidRequestError that names the option which is wrong
   */
  buffer(options: EventBufferOptions = {}): EventBuffer {
    return new EventBuffer(this.#runner, options)
  }
}
