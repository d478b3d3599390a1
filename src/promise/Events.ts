/**
 * Events, in the Promise API.
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
 * Operations on events.
 *
 * @example
 * ```ts
 * const [sent] = await openmeter.events.ingest({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
 * console.log(sent?.id)
 * ```
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
   * Sends one event, or several as one batch, and returns them as sent, with every default filled in.
   *
   * When the promise resolves, the server has queued the events; they appear in queries shortly after. The server drops
   * an event whose id and source it has already seen, so it is safe to send the same events again after a failure. An
   * empty array sends nothing. If any event is invalid, nothing is sent, and the `InvalidRequestError` names its
   * position.
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
   * Lists the most recent events, newest first: at most 100, from the last 32 days.
   *
   * `GET /api/v1/events`
   */
  list(params?: EventListParams, options?: RequestOptions): Listing<ReadonlyArray<IngestedEvent>, IngestedEvent> {
    return this.#runner.array(Service, (events) => events.list(params), options)
  }

  /**
   * Lists events with filters, newest first and without an age limit, one page per request. Iterating follows the
   * pages.
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
   * Opens an event buffer, which takes events one by one, delivers them in batches, and accounts for each of them.
   * Close it before the process ends; closing the client also closes it.
   *
   * @throws InvalidRequestError naming the invalid option
   * @example
   * ```ts
   * await using buffer = openmeter.events.buffer({ overflow: "fail" })
   * const receipt = await buffer.offer({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
   * const outcome = await receipt.delivered
   * ```
   */
  buffer(options: EventBufferOptions = {}): EventBuffer {
    return new EventBuffer(this.#runner, options)
  }
}
