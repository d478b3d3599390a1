/**
 * The event buffer, in the Promise API.
 *
 * @since 2.0.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import * as Scope from "effect/Scope"
import * as Check from "../layers/Check.ts"
import type { Event, SentEvent } from "../schemas/Event.ts"
import { bufferClosed, CurrentWithdrawal } from "../services/eventBuffer/Admission.ts"
import { resolve, type EventBufferOptions as ServiceOptions } from "../services/eventBuffer/BufferOptions.ts"
import { emptyStats, type Stats } from "../services/eventBuffer/Ledger.ts"
import type { DeadLetter, Outcome } from "../services/eventBuffer/Outcome.ts"
import type { Receipt as ServiceReceipt } from "../services/eventBuffer/Receipt.ts"
import { EventBuffer as Service, type EventBufferService } from "../services/EventBuffer.ts"
import type { Ingest } from "../services/Ingest.ts"
import { Outbox } from "../services/Outbox.ts"
import { Intake } from "./Intake.ts"
import { aborted, AbortError } from "./Interruption.ts"
import { checkSignal, type Runner } from "./Runner.ts"

/**
 * Options of an event buffer.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventBufferOptions extends Omit<ServiceOptions, "deadLetter"> {
  /**
   * Storage for events until they are delivered, such as `FileOutbox.layer({ path })` of `@openmeter/sdk/node`.
   * Default: in memory.
   */
  readonly outbox?: Layer.Layer<Outbox, unknown> | undefined
  /**
   * Receives each accepted event that was not delivered: rejected by the server, dropped because of its age or to make
   * room, or with an unknown outcome. The event leaves the outbox when the returned promise settles. Default: logs an
   * error.
   */
  readonly deadLetter?: ((letter: DeadLetter) => void | Promise<void>) | undefined
}

/**
 * A receipt for an offered event, which reports what happened to it.
 *
 * @example
 * ```ts
 * const buffer = openmeter.events.buffer()
 * const receipt = await buffer.offer({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
 * const outcome = await receipt.delivered
 * if (outcome._tag === "Rejected") console.error(receipt.id, outcome.reason.message)
 * ```
 *
 * @since 2.0.0
 * @category models
 */
export class Receipt {
  readonly #receipt: ServiceReceipt
  #delivered: Promise<Outcome> | undefined

  /** @internal */
  constructor(receipt: ServiceReceipt) {
    this.#receipt = receipt
  }

  /** Id of the event. Together with the source, it identifies the event. */
  get id(): string {
    return this.#receipt.id
  }

  /** Source of the event. */
  get source(): string {
    return this.#receipt.source
  }

  /** Outcome of the event, or `undefined` while it is pending. */
  get outcome(): Outcome | undefined {
    return this.#receipt.outcome
  }

  /** Resolves with the outcome of the event. Never rejects. */
  get delivered(): Promise<Outcome> {
    return (this.#delivered ??= Effect.runPromise(this.#receipt.delivered))
  }
}

/**
 * Options of a single offer.
 *
 * @since 2.0.0
 * @category models
 */
export interface OfferOptions {
  /**
   * Withdraws the offer while it waits for its turn or for room: it rejects with an `AbortError` whose `cause` is the
   * signal's reason, and the event is not buffered. Has no effect once the buffer has started to store the event.
   */
  readonly signal?: AbortSignal | undefined
}

const checkedSignal = (options: OfferOptions): AbortSignal | undefined => {
  Check.options(options, ["signal"])
  const { signal } = options
  checkSignal(signal)
  if (signal?.aborted === true) throw new AbortError(signal.reason)
  return signal
}

/** Resolves the `timeout` option to milliseconds, or to the default when it is omitted. */
const checkedTimeout = <A>(options: { readonly timeout?: Duration.Input | undefined }, otherwise: A): number | A => {
  Check.options(options, ["timeout"])
  return options.timeout === undefined ? otherwise : Check.wait("timeout", options.timeout)
}

/** An open buffer, with the intake that feeds it. */
interface Opened {
  readonly service: EventBufferService
  readonly scope: Scope.Closeable
  readonly intake: Fiber.Fiber<unknown>
  /** Runs an effect with the client's context, such as its logger. */
  readonly run: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
}

/**
 * Converts the dead-letter handler to an effect. A value that is not a function is left for the option checks to
 * reject.
 */
const serviceOptions = ({ deadLetter, outbox: _outbox, ...options }: EventBufferOptions): ServiceOptions =>
  Predicate.isFunction(deadLetter)
    ? { ...options, deadLetter: (letter) => Effect.tryPromise(async () => deadLetter(letter)) }
    : { ...options, deadLetter }

/** Lets the signal interrupt the waits of an offer. */
const withdrawableBy = <A, E>(signal: AbortSignal, offer: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.provideService(offer, CurrentWithdrawal, aborted(signal))

const toReceipt = (receipt: ServiceReceipt): Receipt => new Receipt(receipt)

const toReceipts = (receipts: ReadonlyArray<ServiceReceipt>): ReadonlyArray<Receipt> => receipts.map(toReceipt)

/** Events offered together. */
class Several {
  readonly events: ReadonlyArray<Event>
  constructor(events: ReadonlyArray<Event>) {
    this.events = events
  }
}

/** An offer in the queue, with the promise that it settles. Plain data, because a program may queue 100,000 of them. */
interface Offer {
  readonly input: Event | Several
  readonly resolve: (receipts: never) => void
  readonly reject: (error: unknown) => void
  /** Present if a signal can withdraw the offer. */
  readonly withdrawal: Withdrawal | undefined
}

/** Rejects an offer when its signal aborts while the offer waits behind others. */
class Withdrawal {
  readonly signal: AbortSignal
  isDone = false
  readonly #withdraw: () => void

  constructor(signal: AbortSignal, reject: (error: unknown) => void) {
    this.signal = signal
    this.#withdraw = () => {
      this.isDone = true
      reject(new AbortError(signal.reason))
    }
    signal.addEventListener("abort", this.#withdraw, { once: true })
  }

  stop(): void {
    this.signal.removeEventListener("abort", this.#withdraw)
  }
}

/** Settles the promise of an offer with the buffer's result. */
const settle = <A>(
  answer: Effect.Effect<A, unknown>,
  result: (value: A) => unknown,
  { reject, resolve, withdrawal }: Offer
): Effect.Effect<void> =>
  Effect.matchCause(answer, {
    // The offer's input determines the type of its result, which TypeScript cannot follow.
    onSuccess: (value) => resolve(result(value) as never),
    onFailure: (cause) =>
      reject(Cause.hasInterruptsOnly(cause) ? new AbortError(withdrawal?.signal.reason) : Cause.squash(cause))
  })

/** Offers the input to the buffer. */
const make = (service: EventBufferService, offer: Offer): Effect.Effect<void> => {
  const { input, withdrawal } = offer
  if (withdrawal?.isDone === true) return Effect.void
  withdrawal?.stop()
  const settled =
    input instanceof Several
      ? settle(service.offerAll(input.events), toReceipts, offer)
      : settle(service.offer(input), toReceipt, offer)
  return withdrawal === undefined ? settled : withdrawableBy(withdrawal.signal, settled)
}

/**
 * A buffer that takes events one by one, delivers them in batches, and accounts for each of them.
 *
 * One buffer per process is enough. In a worker, where nothing outlives a request, create one per request.
 *
 * @example
 * ```ts
 * const buffer = openmeter.events.buffer({ overflow: "dropOldest" })
 * await buffer.offer({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
 * const undelivered = await buffer.close({ timeout: "10 seconds" })
 * ```
 *
 * @since 2.0.0
 * @category resources
 */
export class EventBuffer {
  readonly #runner: Runner<Ingest>
  readonly #offers = new Intake<Offer>()
  readonly #opening: Promise<Opened>
  readonly #drainTimeout: number
  #opened: Opened | undefined
  #failure: { readonly error: unknown } | undefined
  #closing: Promise<ReadonlyArray<SentEvent>> | undefined
  readonly #closeWithClient = () => this.close()
  /** Aborts when the buffer is closed before it has opened. */
  readonly #abandoned = new AbortController()

  /** @internal */
  constructor(runner: Runner<Ingest>, options: EventBufferOptions) {
    if (!Predicate.isObject(options)) throw Check.invalid("options", "must be an object")
    const { outbox }: EventBufferOptions = options
    if (outbox !== undefined && !Layer.isLayer(outbox)) throw Check.invalid("outbox", "must be a Layer")
    const settings = serviceOptions(options)
    this.#drainTimeout = resolve(settings).drainTimeout
    this.#runner = runner
    this.#opening = runner.attach(this.#open(settings, outbox), this.#closeWithClient, this.#abandoned.signal)
    this.#opening.then(
      (opened) => {
        this.#opened = opened
      },
      (error: unknown) => this.#fail(this.#abandoned.signal.aborted ? bufferClosed() : error)
    )
  }

  /**
   * Offers an event. Resolves with a receipt once the buffer has stored the event, in memory or in the outbox. Do not
   * change the event before that.
   *
   * If the buffer is full, its overflow policy applies: the promise waits, rejects with `BufferFullError`, or resolves
   * while an event is dropped, as its receipt reports. Rejects with `InvalidRequestError` naming the attribute if the
   * event is invalid, with `BufferClosedError` after {@link EventBuffer.close}, and with `OutboxError` if the outbox
   * cannot be opened or cannot store the event. If an offer rejects, its event is not buffered.
   *
   * @example
   * ```ts
   * const buffer = openmeter.events.buffer()
   * const receipt = await buffer.offer({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
   * const outcome = await receipt.delivered
   * ```
   */
  offer(event: Event, options?: OfferOptions): Promise<Receipt> {
    return this.#offer(event, options)
  }

  /**
   * Offers several events. Resolves with a receipt for each, in order, once the buffer has stored them; a durable outbox
   * stores them together, which is much cheaper than one by one.
   *
   * If one event is invalid, none is buffered: rejects with `InvalidRequestError` naming its place (`events[3].subject`).
   * If the buffer has no room for all of them, the policy `fail` rejects with `BufferFullError` and buffers none; the
   * others apply to each event in order. If the outbox fails, the buffer is closed, or the signal is aborted midway,
   * earlier events may already be buffered: offer all of them again with the same ids.
   *
   * @example
   * ```ts
   * const buffer = openmeter.events.buffer()
   * const receipts = await buffer.offerAll([
   *   { type: "prompt", subject: "customer-1", data: { tokens: 42 } },
   *   { type: "prompt", subject: "customer-2", data: { tokens: 7 } }
   * ])
   * ```
   */
  offerAll(events: ReadonlyArray<Event>, options?: OfferOptions): Promise<ReadonlyArray<Receipt>> {
    return this.#offer(new Several(events), options)
  }

  /**
   * Sends the buffered events without waiting for batches to fill. Resolves with the statistics once every event
   * offered before, or left by an earlier process, has an outcome, or when the timeout expires; delivery then continues
   * in the background. Rejects with the outbox's error if the outbox could not be opened.
   *
   * @param options - `timeout`: how long to wait, in milliseconds or as a string such as `"5 seconds"`; waits
   *   indefinitely by default
   */
  async flush(options: { readonly timeout?: Duration.Input | undefined } = {}): Promise<Stats> {
    const timeout = checkedTimeout(options, undefined)
    const { run, service } = await this.#opening
    const flushed = Effect.andThen(this.#offers.handled, service.flush)
    await run(timeout === undefined ? flushed : Effect.timeoutOption(flushed, timeout))
    return this.stats()
  }

  /** Statistics of the buffer: `offered` is the sum of `delivered`, `rejected`, `dropped`, `unknown` and `pending`. */
  stats(): Stats {
    return this.#opened === undefined ? emptyStats : Effect.runSync(this.#opened.service.stats)
  }

  /**
   * Stops accepting events, delivers the buffered ones, and resolves with those that could not be delivered in time, in
   * the order they were offered. With a durable outbox the result is empty: undelivered events stay there for the next
   * process.
   *
   * @param options - `timeout`: how long to keep delivering, in milliseconds or as a string such as `"5 seconds"`;
   *   defaults to the buffer's `drainTimeout`
   */
  async close(options: { readonly timeout?: Duration.Input | undefined } = {}): Promise<ReadonlyArray<SentEvent>> {
    const timeout = checkedTimeout(options, this.#drainTimeout)
    return (this.#closing ??= this.#close(timeout))
  }

  /** Closes the buffer at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #offer<A>(input: Event | Several, options: OfferOptions | undefined): Promise<A> {
    return new Promise((resolve, reject) => {
      const signal = options === undefined ? undefined : checkedSignal(options)
      if (this.#failure !== undefined) throw this.#failure.error
      const withdrawal = signal === undefined ? undefined : new Withdrawal(signal, reject)
      if (!this.#offers.add({ input, resolve, reject, withdrawal })) throw bufferClosed()
    })
  }

  #open(settings: ServiceOptions, outbox: Layer.Layer<Outbox, unknown> | undefined) {
    const offers = this.#offers
    // A durable outbox stores concurrent offers together.
    const concurrency = outbox === undefined ? 1 : "unbounded"
    return Effect.uninterruptibleMask(
      Effect.fnUntraced(function* (restore) {
        const scope = yield* Scope.make()
        const buffer = Layer.provide(Service.layer(settings), outbox ?? Outbox.layerMemory)
        const service = yield* restore(Layer.buildWithScope(buffer, scope)).pipe(
          Effect.map((context) => Context.get(context, Service)),
          Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
        )
        const intake = yield* Effect.forkDetach(
          Effect.interruptible(
            offers.run((some) => Effect.forEach(some, (offer) => make(service, offer), { concurrency, discard: true }))
          )
        )
        return { service, scope, intake, run: Effect.runPromiseWith(yield* Effect.context<never>()) }
      })
    )
  }

  /** Waits for the buffer to open. If it does not open in time, opening is abandoned. */
  async #openedWithin(timeout: number): Promise<Opened | undefined> {
    const timer = setTimeout(() => this.#abandoned.abort(), timeout)
    const opened = await this.#opening.catch(() => undefined)
    clearTimeout(timer)
    return opened
  }

  #fail(error: unknown): void {
    this.#failure = { error }
    for (const { reject } of this.#offers.clear()) reject(error)
  }

  async #close(timeout: number): Promise<ReadonlyArray<SentEvent>> {
    this.#offers.close()
    const opened = await this.#openedWithin(timeout)
    if (opened === undefined) return []
    const { intake, run, scope, service } = opened
    const left = await run(
      Effect.gen(function* () {
        const start = yield* Clock.currentTimeMillis
        yield* Effect.timeoutOption(Fiber.await(intake), timeout)
        const remaining = timeout - ((yield* Clock.currentTimeMillis) - start)
        const left = yield* service.close({ timeout: Math.max(0, remaining) })
        // Offers still waiting for room have been refused by now.
        yield* Fiber.await(intake)
        yield* Scope.close(scope, Exit.void)
        return left
      })
    )
    this.#runner.detach(this.#closeWithClient)
    return left
  }
}
