/**
 * A buffer between an outbox and a server that are what a test makes of them.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { TransportError } from "../../src/errors.ts"
import { EventBuffer } from "../../src/services/EventBuffer.ts"
import type { EventBufferOptions } from "../../src/services/eventBuffer/BufferOptions.ts"
import { Ingest, type IngestService } from "../../src/services/Ingest.ts"
import { Outbox, OutboxError, type OutboxService } from "../../src/services/Outbox.ts"
import { pass } from "./buffer.ts"

/** A server that cannot be reached. */
export const unreachable = Effect.suspend(() =>
  Effect.fail(
    new TransportError({ operation: "ingestEvents", method: "POST", url: "/api/v1/events", message: "unreachable" })
  )
)

/** A storage that is out of reach as long as a test says so, and what it was asked to do then. */
export class Storage {
  isDown = false
  readonly asked: Array<string> = []

  /** An outbox over this storage, durable in name. */
  over(outbox: OutboxService): OutboxService {
    const guarded = <A>(what: string, effect: Effect.Effect<A, OutboxError>): Effect.Effect<A, OutboxError> =>
      Effect.suspend(() => {
        if (!this.isDown) return effect
        this.asked.push(what)
        return Effect.fail(new OutboxError({ reason: "unavailable", message: "the storage is away" }))
      })
    return {
      ...outbox,
      isDurable: true,
      put: (events) => guarded("put", outbox.put(events)),
      claim: (limit, which) => guarded("claim", outbox.claim(limit, which)),
      remove: (entries) => guarded("remove", outbox.remove(entries)),
      bury: (entries, reason) => guarded("bury", outbox.bury(entries, reason)),
      release: (entries, reason) => guarded("release", outbox.release(entries, reason))
    }
  }
}

/** What a buffer stands between. */
export interface Ends {
  readonly outbox?: OutboxService
  readonly send: IngestService["send"]
}

/** Provides a buffer between an outbox, by default one in memory, and a server; lets time pass while it closes. */
export const between =
  ({ outbox, send }: Ends, options?: EventBufferOptions) =>
  <A, E>(test: Effect.Effect<A, E, EventBuffer>) =>
    test.pipe(
      Effect.ensuring(Effect.forkDetach(pass(60, 1))),
      Effect.provide(
        EventBuffer.layer(options).pipe(
          Layer.provide(outbox === undefined ? Outbox.layerMemory : Layer.succeed(Outbox, outbox)),
          Layer.provide(Layer.succeed(Ingest, { ingest: () => Effect.die("not part of the test"), send }))
        )
      )
    )

/** What is logged, a line each, with the level before it. */
export const recorded = (lines: Array<string>) =>
  Logger.layer([
    Logger.make(({ cause, logLevel, message }) => {
      const words = (Array.isArray(message) ? message : [message]).map(String)
      if (cause.reasons.length > 0) words.push(Cause.pretty(cause))
      lines.push([logLevel.toUpperCase(), ...words].join(" "))
    })
  ])
