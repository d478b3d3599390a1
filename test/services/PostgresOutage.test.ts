import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schedule from "effect/Schedule"
import * as SqlClient from "effect/sql/SqlClient"
import { EventBuffer } from "../../src/services/EventBuffer.ts"
import { PostgresOutbox } from "../../src/services/outbox/PostgresOutbox.ts"
import { event, events, IngestLive, stored } from "../support/buffer.ts"
import { connect, startPostgres } from "../support/postgres.ts"

const everything = { count: 1000, bytes: Infinity }

const postgres = await startPostgres()

const suite = typeof postgres === "string" ? describe.skip : describe
const nothing = async () => {}
const { restart, stop, url } = typeof postgres === "string" ? { url: "", restart: nothing, stop: nothing } : postgres
if (typeof postgres === "string") console.warn(`Outages of Postgres are not tested: ${postgres}`)
afterAll(stop)

/** The connections that the tests cut are known by this name. */
const NAME = "victim"

const connected = (table: string) =>
  PostgresOutbox.layer({ table, orderBy: "subject" }).pipe(
    Layer.provide(Layer.effect(SqlClient.SqlClient, connect(url, { applicationName: NAME })))
  )

/** Cuts the connections of the outbox. */
const cut = (admin: SqlClient.SqlClient) =>
  admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = ${NAME}`

/** A buffer that delivers from Postgres to an emulator. */
const delivering = (table: string) =>
  EventBuffer.layer({ linger: 10, orderBy: "subject", maxBatchCount: 20, baseDelay: 20, maxDelay: 100 }).pipe(
    Layer.provide(PostgresOutbox.layerOutbox({ pollInterval: 50 })),
    Layer.provide(connected(table)),
    Layer.provideMerge(IngestLive())
  )

/** Offers events as a program does that has to: again, when the storage is out of reach. */
const offerAll = (from: number, to: number) =>
  Effect.flatMap(EventBuffer, (buffer) =>
    Effect.forEach(
      events(from, to),
      (event) =>
        Effect.retry(buffer.offer({ ...event, subject: `customer-${Number(event.id) % 5}` }), {
          schedule: Schedule.spaced("10 millis"),
          while: (error) => error._tag === "OutboxError" && error.isRetryable
        }),
      { concurrency: 10, discard: true }
    )
  )

/** Lets something happen to the database while events are offered, and waits until all are delivered. */
const deliveredThrough = (table: string, outage: Effect.Effect<unknown, unknown>) =>
  Effect.gen(function* () {
    const offers = yield* Effect.forkChild(offerAll(0, 1000))
    yield* outage
    yield* Fiber.join(offers)
    yield* Effect.flatMap(EventBuffer, ({ flush }) => flush)
    assert.deepStrictEqual(
      [...new Set(yield* stored)].toSorted((a, b) => Number(a) - Number(b)),
      events(0, 1000).map(({ id }) => id!)
    )
  }).pipe(Effect.provide(delivering(table)), Effect.provide(Logger.layer([])))

suite("Through an outage of Postgres", () => {
  it.live(
    "an instance whose connection is cut in the midst of a claim fails with a typed error, and claims again",
    () =>
      Effect.gen(function* () {
        const admin = yield* connect(url)
        const outbox = yield* PostgresOutbox
        const instance = yield* outbox.join()
        yield* outbox.offer(event(1))
        const lock = admin`select pg_advisory_xact_lock(hashtextextended('cut keys', 0))`
        const failed = yield* admin.withTransaction(
          Effect.gen(function* () {
            yield* lock
            const claim = yield* Effect.forkChild(Effect.flip(instance.claim(everything)))
            yield* admin`select count(*)::int as waiting from pg_locks where locktype = 'advisory' and not granted`.pipe(
              Effect.repeat({ until: ([row]) => row?.["waiting"] === 1 })
            )
            yield* cut(admin)
            return yield* Fiber.join(claim)
          })
        )
        assert.deepInclude({ ...failed }, { _tag: "OutboxError", reason: "unavailable" })
        assert.match(failed.message, /^Postgres: ./)
        assert.deepStrictEqual(
          (yield* instance.claim(everything)).map(({ id }) => id),
          ["1"]
        )
      }).pipe(Effect.scoped, Effect.provide(connected("cut")))
  )

  it.live("every event that was taken is delivered though connections are cut again and again", () =>
    Effect.gen(function* () {
      const admin = yield* connect(url)
      const cuts = Effect.replicateEffect(Effect.andThen(Effect.sleep("40 millis"), cut(admin)), 15)
      yield* deliveredThrough("cuts", cuts)
    }).pipe(Effect.scoped)
  )

  it.live("every event that was taken is delivered though the server restarts", () =>
    deliveredThrough(
      "restarts",
      Effect.replicateEffect(Effect.andThen(Effect.sleep("100 millis"), Effect.promise(restart)), 2)
    )
  )
})
