/**
 * Runs the effects of the services as Promises.
 *
 * @since 2.0.0
 */
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { CurrentCallOptions } from "../layers/Call.ts"
import * as Check from "../layers/Check.ts"
import * as Options from "../layers/Options.ts"
import type { RetryOptions } from "../layers/RetryOptions.ts"
import { aborted, AbortError, ClosedError } from "./Interruption.ts"
import { Listing } from "./Listing.ts"

/**
 * Per-call options that override the client's.
 *
 * @since 2.0.0
 * @category models
 */
export interface RequestOptions {
  /** Aborts the call, which then rejects with an `AbortError` whose `cause` is the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /**
   * Time limit of the whole call, including every attempt and every wait: milliseconds, or a string such as `"5
   * seconds"`.
   */
  readonly timeout?: Duration.Input | undefined
  /** Headers to send with the request. Override the client's headers of the same name. */
  readonly headers?: Readonly<Record<string, string | undefined>> | undefined
  /** Retry settings for this call. Omitted settings default to the client's; `false` disables retries. */
  readonly retry?: RetryOptions | false | undefined
}

/**
 * Checks the `signal` option of a call.
 *
 * @internal
 */
export const checkSignal = (signal: unknown): void => {
  // Checked by its members, because an AbortSignal from a polyfill or another realm is not an instance of the global
  // class.
  if (signal !== undefined && !Predicate.hasProperty(signal, "addEventListener")) {
    throw Check.invalid("signal", "must be an AbortSignal")
  }
}

const checked = (options: RequestOptions): Options.ResolvedCallOptions => {
  const resolved = Options.resolveCall(options, ["signal"])
  checkSignal(options.signal)
  return resolved
}

/**
 * Makes the stack of a failed call point to the line that made the call instead of the place where Effect created the
 * error.
 */
const atCaller = (error: unknown): unknown => {
  if (error instanceof Error && Predicate.hasProperty(error, "operation") && "captureStackTrace" in Error) {
    Error.captureStackTrace(error, Runner.prototype.run)
  }
  return error
}

/** Never succeeds; fails when the signal aborts. */
const failingOnAbort = (signal: AbortSignal, error: () => Error): Effect.Effect<never, Error> =>
  Effect.flatMap(aborted(signal), () => Effect.fail(error()))

/**
 * Runs the services `R` as Promises, on one runtime that is built on the first call and kept until the client closes.
 *
 * @internal
 */
export class Runner<R> {
  readonly #runtime: ManagedRuntime.ManagedRuntime<R, unknown>
  readonly #lifetime = new AbortController()
  readonly #dependents = new Set<() => Promise<unknown>>()
  #closed: Promise<void> | undefined

  constructor(layer: Layer.Layer<R, unknown>) {
    this.#runtime = ManagedRuntime.make(layer)
  }

  /** Runs one operation of a service. */
  async run<I extends R, S, A>(
    service: Context.Key<I, S>,
    use: (service: S) => Effect.Effect<A, unknown>,
    options: RequestOptions = {}
  ): Promise<A> {
    const resolved = checked(options)
    if (this.#closed !== undefined) throw new ClosedError()
    if (options.signal?.aborted === true) throw new AbortError(options.signal.reason)
    const { signal } = options
    const call = Effect.provideService(Effect.flatMap(service, use), CurrentCallOptions, resolved)
    const exit = await this.#runtime.runPromiseExit(call, signal === undefined ? undefined : { signal })
    if (Exit.isSuccess(exit)) return exit.value
    if (!Cause.hasInterruptsOnly(exit.cause)) throw atCaller(Cause.squash(exit.cause))
    throw signal?.aborted === true ? new AbortError(signal.reason) : new ClosedError()
  }

  /** Runs a list operation of a service, either as one request or item by item. */
  list<I extends R, S, A, Item>(
    service: Context.Key<I, S>,
    load: (service: S) => Effect.Effect<A, unknown>,
    items: (service: S) => Stream.Stream<Item, unknown>,
    options: RequestOptions = {}
  ): Listing<A, Item> {
    return new Listing(
      () => this.run(service, load, options),
      () => this.#iterate(service, items, options)
    )
  }

  /** Runs a list operation whose single response holds all items. */
  array<I extends R, S, Item>(
    service: Context.Key<I, S>,
    load: (service: S) => Effect.Effect<ReadonlyArray<Item>, unknown>,
    options: RequestOptions = {}
  ): Listing<ReadonlyArray<Item>, Item> {
    return this.list(service, load, (self) => Stream.fromIterableEffect(load(self)), options)
  }

  async *#iterate<I extends R, S, Item>(
    service: Context.Key<I, S>,
    items: (service: S) => Stream.Stream<Item, unknown>,
    options: RequestOptions
  ): AsyncGenerator<Item, void, undefined> {
    // Items are pulled outside the runtime, so the stream carries the runtime's context with it: the tracer and the
    // call's options.
    const stream = await this.run(
      service,
      (self) =>
        Effect.contextWith((context: Context.Context<never>) =>
          Effect.succeed(Stream.provideContext(items(self), context))
        ),
      options
    )
    const { signal } = options
    const lifetime = this.#lifetime.signal
    yield* stream.pipe(
      Stream.interruptWhen(failingOnAbort(lifetime, () => new ClosedError())),
      signal === undefined
        ? (self) => self
        : Stream.interruptWhen(failingOnAbort(signal, () => new AbortError(signal.reason))),
      Stream.toAsyncIterable
    )
  }

  /**
   * Runs an effect that acquires something which lives on the runtime, such as a buffer. When the client closes,
   * `close` is called and awaited before the runtime is disposed.
   *
   * @param signal - interrupts the effect
   */
  async attach<A>(
    effect: Effect.Effect<A, unknown, R>,
    close: () => Promise<unknown>,
    signal: AbortSignal
  ): Promise<A> {
    if (this.#closed !== undefined) throw new ClosedError()
    this.#dependents.add(close)
    const exit = await this.#runtime.runPromiseExit(effect, { signal })
    if (Exit.isSuccess(exit)) return exit.value
    this.detach(close)
    throw Cause.hasInterruptsOnly(exit.cause) ? new ClosedError() : Cause.squash(exit.cause)
  }

  /** Removes what was attached, after it has closed. */
  detach(close: () => Promise<unknown>): void {
    this.#dependents.delete(close)
  }

  /** Aborts the calls in flight and disposes the runtime. */
  close(): Promise<void> {
    return (this.#closed ??= this.#dispose())
  }

  async #dispose(): Promise<void> {
    this.#lifetime.abort()
    await Promise.allSettled(Array.from(this.#dependents, (close) => close()))
    await this.#runtime.dispose()
  }
}
