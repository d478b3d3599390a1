/**
 * A buffer of events, with Promises.
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
import type { Stats } from "../services/eventBuffer/Ledger.ts"
import type { DeadLetter, Outcome } from "../services/eventBuffer/Outcome.ts"
import type { Receipt as ServiceReceipt } from "../services/eventBuffer/Receipt.ts"
import { EventBuffer as Service, type EventBufferService } from "../services/EventBuffer.ts"
import type { Ingest } from "../services/Ingest.ts"
import { Outbox } from "../services/Outbox.ts"
import { Intake } from "./Intake.ts"
import { AbortError } from "./Interruption.ts"
import { checkSignal, type Runner } from "./Runner.ts"

/**
 * What a program says of its buffer.
 *
 * @since 2.0.0
 * @category models
 */
export interface EventBufferOptions extends Omit<ServiceOptions, "deadLetter"> {
  /**
   * Where events wait until they are delivered: `FileOutbox.layer({ path })` of `@openmeter/sdk/node`, for one. Default:
   * in memory.
   */
  readonly outbox?: Layer.Layer<Outbox, unknown> | undefined
  /**
   * Is given each event that the buffer had taken and did not deliver: what the server rejects, what was dropped for age
   * or for others, what is unknown. The event leaves the outbox when the promise has settled. Default: an error is logged.
   */
  readonly deadLetter?: ((letter: DeadLetter) => void | Promise<void>) | undefined
}

/**
 * What a program holds of an event that it offered: the way to learn what becomes of it.
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

  /** The id of the event: with its source it tells the event apart. */
  get id(): string {
    return this.#receipt.id
  }

  /** Where the event comes from. */
  get source(): string {
    return this.#receipt.source
  }

  /** What became of the event; `undefined` as long as that is open. */
  get outcome(): Outcome | undefined {
    return this.#receipt.outcome
  }

  /** Resolves when it is known what became of the event. Never rejects. */
  get delivered(): Promise<Outcome> {
    return (this.#delivered ??= Effect.runPromise(this.#receipt.delivered))
  }
}

/**
 * What one offer does otherwise.
 *
 * @since 2.0.0
 * @category models
 */
export interface OfferOptions {
  /**
   * Withdraws the offer while it waits for its turn or for room: it rejects with an `AbortError` whose `cause` is the
   * signal's reason, and the event was not taken. Once the buffer stores the event, the signal does nothing.
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

/** How long to wait, in milliseconds: what is left out is the default. */
const checkedTimeout = <A>(options: { readonly timeout?: Duration.Input | undefined }, otherwise: A): number | A => {
  Check.options(options, ["timeout"])
  return options.timeout === undefined ? otherwise : Check.wait("timeout", options.timeout)
}

/** A buffer that is open, and what takes the offers to it. */
interface Opened {
  readonly service: EventBufferService
  readonly scope: Scope.Closeable
  readonly intake: Fiber.Fiber<unknown>
  /** Runs an effect with the logger and all else that the client was given. */
  readonly run: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
}

const nothing: Stats = {
  offered: 0,
  recovered: 0,
  delivered: 0,
  rejected: 0,
  dropped: 0,
  unknown: 0,
  pending: 0,
  pendingBytes: 0
}

/** The handler of dead letters as an effect; what is no function is left to the checks. */
const serviceOptions = ({ deadLetter, outbox: _outbox, ...options }: EventBufferOptions): ServiceOptions =>
  Predicate.isFunction(deadLetter)
    ? { ...options, deadLetter: (letter) => Effect.tryPromise(async () => deadLetter(letter)) }
    : { ...options, deadLetter }

/** Lets a signal end the waits of an offer. */
const withdrawableBy = <A, E>(signal: AbortSignal, offer: Effect.Effect<A, E>): Effect.Effect<A, E> =>
  Effect.provideService(
    offer,
    CurrentWithdrawal,
    Effect.callback<void>((resume) => {
      const abort = () => resume(Effect.void)
      if (signal.aborted) return abort()
      signal.addEventListener("abort", abort, { once: true })
      return Effect.sync(() => signal.removeEventListener("abort", abort))
    })
  )

/** An event that was offered, and who waits for the receipt. */
class Offer {
  readonly #event: Event
  readonly #signal: AbortSignal | undefined
  readonly #resolve: (receipt: Receipt) => void
  readonly reject: (error: unknown) => void
  #isWithdrawn = false

  constructor(
    event: Event,
    signal: AbortSignal | undefined,
    resolve: (receipt: Receipt) => void,
    reject: (error: unknown) => void
  ) {
    this.#event = event
    this.#signal = signal
    this.#resolve = resolve
    this.reject = reject
    // Heard while others wait before it.
    signal?.addEventListener("abort", this.#withdraw, { once: true })
  }

  readonly #withdraw = () => {
    this.#isWithdrawn = true
    this.reject(new AbortError(this.#signal?.reason))
  }

  /** Offers the event, and tells the program what came of it. */
  to(service: EventBufferService): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.#isWithdrawn) return Effect.void
      const signal = this.#signal
      signal?.removeEventListener("abort", this.#withdraw)
      const offer = service.offer(this.#event)
      return Effect.matchCause(signal === undefined ? offer : withdrawableBy(signal, offer), {
        onSuccess: (receipt) => this.#resolve(new Receipt(receipt)),
        onFailure: (cause) =>
          this.reject(Cause.hasInterruptsOnly(cause) ? new AbortError(signal?.reason) : Cause.squash(cause))
      })
    })
  }
}

/**
 * A buffer of events: offered one by one, delivered in batches, each of them accounted for.
 *
 * One buffer is enough for a process. In a worker, where nothing outlives a request, each request has one of its own.
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
  /** Fires when the buffer is closed before it has opened. */
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
   * Takes an event. Resolves with its receipt when the buffer has it: in memory, or in the outbox. Until then the event is
   * not to be changed.
   *
   * Where there is no room, the overflow policy decides: the promise waits, rejects with `BufferFullError`, or an event is
   * dropped, of which the receipt tells. An event that is wrong rejects with the `InvalidRequestError` that names the
   * attribute; after {@link EventBuffer.close} every offer rejects with `BufferClosedError`, and with an `OutboxError` if
   * the outbox does not store it or could not be opened. An offer that rejects was not taken.
   *
   * @example
   * ```ts
   * const buffer = openmeter.events.buffer()
   * const receipt = await buffer.offer({ type: "prompt", subject: "customer-1", data: { tokens: 42 } })
   * const outcome = await receipt.delivered
   * ```
   */
  offer(event: Event, options?: OfferOptions): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      const signal = options === undefined ? undefined : checkedSignal(options)
      if (this.#failure !== undefined) throw this.#failure.error
      if (!this.#offers.add(new Offer(event, signal, resolve, reject))) throw bufferClosed()
    })
  }

  /**
   * Sends what is there without waiting for batches to fill, and resolves with the account when every event that was
   * offered before, or left by an earlier process, has come to its end, or when the time is over: then the buffer goes on
   * by itself. Rejects with what the outbox says if that could not be opened.
   *
   * @param options - `timeout`: how long to wait, in milliseconds or as a text such as `"5 seconds"`; default: as long as
   *   it takes
   */
  async flush(options: { readonly timeout?: Duration.Input | undefined } = {}): Promise<Stats> {
    const timeout = checkedTimeout(options, undefined)
    const { run, service } = await this.#opening
    const flushed = Effect.andThen(this.#offers.handled, service.flush)
    await run(timeout === undefined ? flushed : Effect.timeoutOption(flushed, timeout))
    return this.stats()
  }

  /** The account of the buffer: `offered` is the sum of `delivered`, `rejected`, `dropped`, `unknown` and `pending`. */
  stats(): Stats {
    return this.#opened === undefined ? nothing : Effect.runSync(this.#opened.service.stats)
  }

  /**
   * Takes no more events, delivers those that are there, and resolves with those that could not be delivered in time, in
   * the order in which they were offered. From a durable outbox it gives none: they wait there for the next process.
   *
   * @param options - `timeout`: how long to go on delivering, in milliseconds or as a text such as `"5 seconds"`; default:
   *   the buffer's `drainTimeout`
   */
  async close(options: { readonly timeout?: Duration.Input | undefined } = {}): Promise<ReadonlyArray<SentEvent>> {
    const timeout = checkedTimeout(options, this.#drainTimeout)
    return (this.#closing ??= this.#close(timeout))
  }

  /** Closes the buffer at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #open(settings: ServiceOptions, outbox: Layer.Layer<Outbox, unknown> | undefined) {
    const offers = this.#offers
    // A durable outbox stores together what waits for it at the same time.
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
            offers.run((some) => Effect.forEach(some, (offer) => offer.to(service), { concurrency, discard: true }))
          )
        )
        return { service, scope, intake, run: Effect.runPromiseWith(yield* Effect.context<never>()) }
      })
    )
  }

  /** Waits for the buffer to open; one that does not in time never will. */
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
        // What still waited for room has been refused by now.
        yield* Fiber.await(intake)
        yield* Scope.close(scope, Exit.void)
        return left
      })
    )
    this.#runner.detach(this.#closeWithClient)
    return left
  }
}
