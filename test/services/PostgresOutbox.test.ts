import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { InvalidRequestError } from "../../src/errors.ts"
import type { Event } from "../../src/schemas/Event.ts"
import type { OutboxError, OutboxService } from "../../src/services/Outbox.ts"
import type { PostgresOutboxOptions } from "../../src/services/outbox/postgres/Options.ts"
import { PostgresOutbox } from "../../src/services/outbox/PostgresOutbox.ts"
import { flakySql } from "../support/flakySql.ts"
import { connect, startPostgres } from "../support/postgres.ts"
import { durableOutboxLaws, outboxEvent, outboxLaws } from "./outboxLaws.ts"

const everything = { count: 1000, bytes: Infinity }

const idsOf = (entries: ReadonlyArray<{ readonly id: string }>) => entries.map(({ id }) => id)

const order = (id: string, customer = "customer-1") => ({ id, type: "order", subject: customer, data: { items: 1 } })

const realPause = (milliseconds: number) =>
  Effect.promise(() => new Promise((resolve) => setTimeout(resolve, milliseconds)))

/** Lets the time of the test pass until a condition holds. */
const pass = <E>(condition: Effect.Effect<boolean, E>): Effect.Effect<void, E> =>
  Effect.flatMap(condition, (holds) =>
    holds
      ? Effect.void
      : TestClock.adjust("1 second").pipe(Effect.andThen(realPause(10)), Effect.andThen(pass(condition)))
  )

const isFull = (effect: Effect.Effect<unknown, { readonly message: string }>) =>
  Effect.match(effect, { onSuccess: () => false, onFailure: ({ message }) => message.startsWith("the outbox is full") })

const postgres = await startPostgres()

const suite = typeof postgres === "string" ? describe.skip : describe
const { stop, url } = typeof postgres === "string" ? { url: "", stop: () => {} } : postgres
if (typeof postgres === "string") console.warn(`The outbox in Postgres is not tested: ${postgres}`)
afterAll(stop)

/** One pool for all tests: each connection is a process of its own in Postgres. */
const pool = ManagedRuntime.make(Layer.effect(SqlClient.SqlClient, connect(url)))
afterAll(() => pool.dispose())

let tables = 0
const newTable = () => `outbox_${++tables}`

const outboxIn = (sql: SqlClient.SqlClient, options?: PostgresOutboxOptions) =>
  PostgresOutbox.layer(options).pipe(
    Layer.provide(Layer.succeed(SqlClient.SqlClient, sql)),
    Layer.build,
    Effect.map((context) => Context.get(context, PostgresOutbox))
  )

/** Until when the leases last, in milliseconds since 1970, the shortest first. */
const leases = (sql: SqlClient.SqlClient, table: string) =>
  Effect.map(
    sql<{ readonly at: Date }>`select expires_at as at from ${sql(`${table}_instance`)} order by expires_at`,
    (rows) => rows.map(({ at }) => at.getTime())
  )

/** An outbox of its own for a test. */
const setUp = (options?: PostgresOutboxOptions) =>
  Effect.gen(function* () {
    const sql = yield* Effect.promise(() => pool.runPromise(SqlClient.SqlClient))
    const table = newTable()
    const outbox = yield* outboxIn(sql, { table, ...options })
    return { sql, table, outbox, rows: sql`select * from ${sql(table)} order by sequence` }
  })

const storage = Effect.gen(function* () {
  const sql = yield* Effect.promise(() => pool.runPromise(SqlClient.SqlClient))
  const table = newTable()
  return { open: Effect.flatMap(outboxIn(sql, { table }), ({ join }) => join()) }
})

suite("In Postgres", () => {
  outboxLaws("An outbox", storage)
  durableOutboxLaws("An outbox", storage)

  describe("an offer", () => {
    it.effect("is delivered if the transaction that it is part of commits, by any instance", () =>
      Effect.gen(function* () {
        const { outbox, sql } = yield* setUp()
        const instance = yield* outbox.join()
        yield* sql`create table orders (id text)`
        const [offered] = yield* sql.withTransaction(
          Effect.gen(function* () {
            yield* sql`insert into orders values ('1')`
            const events = yield* outbox.offer({ type: "order", subject: "customer-1" })
            // A connection of its own does not see what is not committed.
            assert.deepStrictEqual(yield* instance.claim(everything), [])
            return events
          })
        )
        const [entry, ...others] = yield* instance.claim(everything)
        assert.deepStrictEqual(others, [])
        const { id, json, source } = entry!
        assert.deepStrictEqual({ id, source, json, bytes: json.length }, offered)
        assert.deepInclude(JSON.parse(json), { id, source, type: "order", subject: "customer-1", specversion: "1.0" })
        assert.deepStrictEqual(yield* sql`select id from orders`, [{ id: "1" }])
      })
    )

    it.effect("is never seen if the transaction is rolled back, in whole or to a savepoint", () =>
      Effect.gen(function* () {
        const { outbox, rows, sql } = yield* setUp()
        const instance = yield* outbox.join()
        const failed = yield* outbox
          .offer(order("1"))
          .pipe(Effect.andThen(Effect.fail("no stock")), sql.withTransaction, Effect.flip)
        assert.strictEqual(failed, "no stock")
        assert.deepStrictEqual(yield* rows, [])
        yield* Effect.gen(function* () {
          yield* outbox.offer(order("2"))
          yield* outbox
            .offer(order("3"))
            .pipe(Effect.andThen(Effect.fail("no stock")), sql.withTransaction, Effect.ignore)
        }).pipe(sql.withTransaction)
        assert.deepStrictEqual(idsOf(yield* instance.claim(everything)), ["2"])
      })
    )

    it.effect("puts several events in their order, or none if one is wrong", () =>
      Effect.gen(function* () {
        const { outbox, rows } = yield* setUp()
        const instance = yield* outbox.join()
        assert.deepStrictEqual(yield* outbox.offer([]), [])
        const wrong = yield* Effect.flip(outbox.offer([order("1"), { ...order("2"), subject: "" }]))
        assert.deepInclude(wrong, { _tag: "InvalidRequestError", field: "events[1].subject" })
        assert.deepStrictEqual(yield* rows, [])
        yield* outbox.offer(["3", "1", "2"].map((id) => order(id)))
        assert.deepStrictEqual(idsOf(yield* instance.claim(everything)), ["3", "1", "2"])
      })
    )

    it.effect("is none of what an instance has put itself, where that alone is asked for", () =>
      Effect.gen(function* () {
        const { outbox } = yield* setUp()
        const [a, b] = [yield* outbox.join(), yield* outbox.join()]
        yield* outbox.offer([order("1"), order("2")])
        yield* b.put([outboxEvent("3")])
        yield* a.put([outboxEvent("4"), outboxEvent("5")])
        assert.deepStrictEqual(idsOf(yield* a.claim({ count: 1, bytes: 1 }, "own")), ["4"])
        assert.deepStrictEqual(idsOf(yield* a.claim(everything, "own")), ["5"])
        assert.deepStrictEqual(yield* a.claim(everything, "own"), [])
        assert.deepStrictEqual(idsOf(yield* a.claim(everything)), ["1", "2"])
      })
    )

    it.effect("may be made by another client, with the statement for it", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp()
        const [a, b] = [yield* outbox.join(), yield* outbox.join()]
        const run = (events: Parameters<typeof PostgresOutbox.offerStatement>[0]) => {
          const { text, values } = PostgresOutbox.offerStatement(events, { table, orderBy: "subject" })
          return sql.unsafe(text, values)
        }
        yield* run(order("1", "x")).pipe(Effect.andThen(Effect.fail("no stock")), sql.withTransaction, Effect.ignore)
        yield* run([order("2", "x"), order("3", "y"), order("4", "x")])
        yield* run([])
        assert.deepStrictEqual(idsOf(yield* a.claim({ count: 1, bytes: Infinity })), ["2"])
        assert.deepStrictEqual(idsOf(yield* b.claim(everything)), ["3"])
        assert.throws(() => PostgresOutbox.offerStatement(order("", "x")), /id/)
        assert.throws(() => PostgresOutbox.offerStatement(order("1"), { table: "no table" }), /table/)
      })
    )

    it.effect("keeps the order of what belongs together when asked to", () =>
      Effect.gen(function* () {
        const { outbox } = yield* setUp({ orderBy: "subject" })
        const [a, b] = [yield* outbox.join(), yield* outbox.join()]
        yield* outbox.offer([order("1", "x"), order("2", "y"), order("3", "x"), order("4", "z")])
        assert.deepStrictEqual(idsOf(yield* a.claim({ count: 1, bytes: Infinity })), ["1"])
        assert.deepStrictEqual(idsOf(yield* b.claim(everything)), ["2", "4"])
      })
    )

    it.effect("fails, and puts nothing, when the order of an event is asked for with no string", () =>
      Effect.gen(function* () {
        const orderBy = ({ id }: Event) => (id === "2" ? 2 : id) as string | undefined
        const { outbox, rows } = yield* setUp({ orderBy })
        const error = yield* Effect.flip(outbox.offer([order("1"), order("2")]))
        assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field: "orderBy" })
        assert.match(error.message, /must return a string or undefined, not a value of type number, for events\[1\]/)
        assert.deepStrictEqual(yield* rows, [])
        assert.throws(
          () => PostgresOutbox.offerStatement(order("2"), { orderBy }),
          InvalidRequestError,
          /must return a string/
        )
      })
    )

    it.effect("fails with what Postgres says when it cannot be reached", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp()
        yield* sql`drop table ${sql(table)}`
        const error = yield* Effect.flip(outbox.offer(order("1")))
        assert.deepInclude(error, { _tag: "OutboxError", reason: "unavailable" })
        assert.strictEqual(error.message, `Postgres: relation "${table}" does not exist`)
      })
    )
  })

  describe("an instance", () => {
    it.effect("claims what it has put itself and what nobody owns, and leaves the rest to its owners", () =>
      Effect.gen(function* () {
        const { outbox } = yield* setUp()
        const [a, b] = [yield* outbox.join(), yield* outbox.join()]
        yield* a.put([outboxEvent("of a")])
        yield* b.put([outboxEvent("of b")])
        yield* outbox.offer(order("of nobody"))
        assert.deepStrictEqual(idsOf(yield* b.claim(everything)), ["of b", "of nobody"])
        assert.deepStrictEqual(idsOf(yield* a.claim(everything)), ["of a"])
      })
    )

    it.effect("leaves to the others what it holds when its scope closes", () =>
      Effect.gen(function* () {
        const { outbox } = yield* setUp()
        const scope = yield* Scope.make()
        const a = yield* Scope.provide(outbox.join(), scope)
        const b = yield* outbox.join()
        yield* a.put(["1", "2", "3"].map((id) => outboxEvent(id)))
        yield* a.claim({ count: 2, bytes: Infinity })
        assert.deepStrictEqual(yield* b.claim(everything), [])
        yield* Scope.close(scope, Exit.void)
        assert.deepStrictEqual(idsOf(yield* b.claim(everything)), ["1", "2", "3"])
      })
    )

    it.effect("loses what it holds to the others when it gives no sign of life for its lease", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp()
        const dead = yield* outbox.join({ lease: "1 day" })
        const alive = yield* outbox.join({ lease: "9 seconds" })
        yield* dead.put([outboxEvent("1"), outboxEvent("2")])
        yield* dead.claim({ count: 1, bytes: Infinity })
        const expiry = yield* leases(sql, table)
        yield* pass(Effect.map(leases(sql, table), (now) => now.join() !== expiry.join()))
        assert.deepStrictEqual(yield* alive.claim(everything), [])
        yield* sql`update ${sql(`${table}_instance`)} set expires_at = now() where expires_at > now() + interval '1 hour'`
        yield* pass(Effect.map(alive.claim(everything), (entries) => idsOf(entries).join() === "1,2"))
      })
    )

    it.effect("that is opened in a transaction outlives it", () =>
      Effect.gen(function* () {
        const sql = yield* Effect.promise(() => pool.runPromise(SqlClient.SqlClient))
        const table = newTable()
        const [outbox, instance, arrival] = yield* sql.withTransaction(
          Effect.gen(function* () {
            const outbox = yield* outboxIn(sql, { table })
            const instance = yield* outbox.join({ lease: "9 seconds" })
            return [outbox, instance, yield* Effect.forkScoped(instance.arrival)] as const
          })
        )
        const [first] = yield* leases(sql, table)
        yield* instance.put([outboxEvent("1")])
        assert.deepStrictEqual(idsOf(yield* instance.claim(everything)), ["1"])
        assert.strictEqual((yield* outbox.size).count, 1)
        yield* outbox.offer(order("2"))
        yield* pass(Effect.sync(() => arrival.pollUnsafe() !== undefined))
        yield* pass(Effect.map(leases(sql, table), ([now]) => now! > first!))
      })
    )

    it.effect("renews its lease before it runs out", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp()
        yield* outbox.join({ lease: "9 seconds" })
        const [first] = yield* leases(sql, table)
        yield* pass(Effect.map(leases(sql, table), ([now]) => now! > first!))
      })
    )

    it.effect("does not end the leases of others after an outage that its own has not outlived either", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp()
        const standing = Effect.map(leases(sql, table), (expiries) => expiries.map((at) => at > Date.now()))
        yield* outbox.join({ lease: "30 seconds" })
        yield* outbox.join({ lease: "1 day" })
        yield* sql`alter table ${sql(`${table}_instance`)} rename to gone`
        yield* TestClock.adjust("40 seconds")
        yield* sql`update gone set expires_at = now() - interval '1 second'`
        yield* sql`alter table gone rename to ${sql(`${table}_instance`)}`
        // The first sign of life comes too late to judge others, the next one is in time.
        yield* pass(Effect.map(standing, (stands) => stands.includes(true)))
        yield* realPause(100)
        assert.deepStrictEqual(yield* standing, [false, true])
        yield* pass(Effect.map(standing, (stands) => stands.join() === "true"))
      }).pipe(Effect.provide(Logger.layer([])))
    )

    it.effect("joins anew when its lease has ended, and takes back what it had put if nobody else has", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp()
        const [a, b] = [yield* outbox.join(), yield* outbox.join()]
        yield* a.put(["1", "2", "3"].map((id) => outboxEvent(id)))
        const [first] = yield* a.claim({ count: 1, bytes: Infinity })
        // The lease of the first instance alone: it has claimed.
        yield* sql`delete from ${sql(`${table}_instance`)} where id in (select claimed_by from ${sql(table)})`
        assert.deepStrictEqual(idsOf(yield* b.claim({ count: 1, bytes: Infinity })), ["1"])
        yield* a.put([outboxEvent("4")])
        assert.deepStrictEqual(yield* b.claim(everything), [])
        assert.deepStrictEqual(idsOf(yield* a.claim(everything)), ["2", "3", "4"])
        // What the other one has claimed by now stays with it.
        yield* a.release([first!])
        assert.deepStrictEqual(yield* a.claim(everything), [])
      }).pipe(Effect.provide(Logger.layer([])))
    )

    it.effect("finds out by itself that its lease has ended, though it has nothing to do", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp()
        const [a, b] = [yield* outbox.join({ lease: "9 seconds" }), yield* outbox.join({ lease: "1 day" })]
        const sequences = yield* a.put([outboxEvent("1"), outboxEvent("2")])
        yield* sql`delete from ${sql(`${table}_instance`)} where expires_at < now() + interval '1 hour'`
        yield* b.claim({ count: 1, bytes: Infinity })
        const takeover = yield* Effect.forkChild(a.takeover)
        yield* pass(Effect.sync(() => takeover.pollUnsafe() !== undefined))
        assert.deepStrictEqual(yield* Fiber.join(takeover), sequences.slice(0, 1))
        assert.deepStrictEqual(yield* b.claim(everything), [])
      }).pipe(Effect.provide(Logger.layer([])))
    )

    it.effect("stores what is put at the same time together, in the order in which it was put", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp()
        const instance = yield* outbox.join()
        const ids = Array.from({ length: 2000 }, (_, i) => String(i))
        const puts = yield* Effect.forEach(ids, (id) => instance.put([outboxEvent(id)]), { concurrency: "unbounded" })
        const sequences = puts.flat()
        assert.isTrue(sequences.every((sequence, i) => i === 0 || sequence > sequences[i - 1]!))
        const [transactions] = yield* sql<{ readonly count: number }>`
          select count(distinct xmin::text)::int as count from ${sql(table)}`
        assert.isBelow(transactions!.count, 20)
        assert.deepStrictEqual(idsOf(yield* instance.claim({ count: 5000, bytes: Infinity })), ids)
      })
    )

    it.effect("puts apart from the transaction that the program is in", () =>
      Effect.gen(function* () {
        const { outbox, sql } = yield* setUp()
        const instance = yield* outbox.join()
        yield* Effect.gen(function* () {
          yield* instance.put([outboxEvent("1")])
          yield* instance.remove(yield* instance.claim({ count: 1, bytes: Infinity }))
          yield* instance.put([outboxEvent("2")])
          return yield* Effect.fail("no stock")
        }).pipe(sql.withTransaction, Effect.ignore)
        assert.deepStrictEqual(idsOf(yield* instance.claim(everything)), ["2"])
      })
    )

    for (const [what, at, options] of [
      ["while it looks for events of a key", /^with candidate/, { orderBy: "subject" }],
      ["before it commits", "commit", {}]
    ] as const) {
      it.effect(`keeps nobody waiting for longer than its lease when it stops in a claim ${what}`, () =>
        Effect.gen(function* () {
          const { outbox, sql, table } = yield* setUp(options)
          const { sql: flaky, stall } = flakySql(sql)
          const frozen = yield* Effect.flatMap(outboxIn(flaky, { table }), ({ join }) => join({ lease: 200 }))
          const other = yield* outbox.join()
          yield* outbox.offer(order("1"))
          stall(at)
          const stopped = yield* Effect.forkChild(frozen.claim(everything))
          const isUnderWay = Effect.map(
            sql`select from pg_stat_activity where state = 'idle in transaction'`,
            ({ length }) => length > 0
          )
          yield* pass(isUnderWay)
          yield* pass(Effect.map(other.claim(everything), (entries) => idsOf(entries).join() === "1"))
          yield* Fiber.interrupt(stopped)
        })
      )
    }

    it.effect("hears of what others have offered, and not of what others own", () =>
      Effect.gen(function* () {
        const { outbox } = yield* setUp()
        const [a, b] = [yield* outbox.join({ pollInterval: "2 seconds" }), yield* outbox.join()]
        const arrival = yield* Effect.forkChild(a.arrival)
        yield* b.put([outboxEvent("1")])
        yield* TestClock.adjust("3 seconds")
        yield* realPause(50)
        assert.isUndefined(arrival.pollUnsafe())
        yield* outbox.offer(order("2"))
        yield* pass(Effect.sync(() => arrival.pollUnsafe() !== undefined))
        // As long as it is there it is not said all the time.
        const again = yield* Effect.forkChild(a.arrival)
        yield* realPause(50)
        assert.isUndefined(again.pollUnsafe())
        assert.deepStrictEqual(idsOf(yield* a.claim(everything)), ["2"])
      })
    )

    it.effect("ends with puts refused, not forgotten", () =>
      Effect.gen(function* () {
        const { outbox } = yield* setUp()
        const scope = yield* Scope.make()
        const instance = yield* Scope.provide(outbox.join(), scope)
        yield* Scope.close(scope, Exit.void)
        const error = yield* Effect.flip(instance.put([outboxEvent("1")]))
        assert.deepInclude(error, { reason: "unavailable", message: "the outbox is closed" })
      })
    )
  })

  it.live("several instances hold no two events of a key at the same time, and no event twice", () =>
    Effect.gen(function* () {
      const { outbox } = yield* setUp({ orderBy: "subject" })
      const subjects = ["a", "b", "c", "d"]
      const ids = Array.from({ length: 400 }, (_, i) => String(i))
      const subjectOf = (id: string) => subjects[Number(id) % subjects.length]!
      yield* outbox.offer(ids.map((id) => order(id, subjectOf(id))))
      const held = new Map<string, number>()
      const delivered: Array<string> = []
      let claims = 0

      const drain = (instance: OutboxService, worker: number) =>
        Effect.gen(function* () {
          while (delivered.length < ids.length) {
            const entries = yield* instance.claim({ count: 1 + (claims++ % 7), bytes: Infinity })
            for (const { key } of entries) {
              assert.oneOf(held.get(key!), [undefined, worker])
              held.set(key!, worker)
            }
            yield* realPause(entries.length % 3)
            const kept = Math.max(0, entries.length - (claims % 3))
            const [done, undone] = [entries.slice(0, kept), entries.slice(kept)]
            delivered.push(...idsOf(done))
            for (const { key } of entries) held.delete(key!)
            yield* instance.remove(done)
            yield* instance.release(undone)
          }
        })

      const instances = yield* Effect.replicateEffect(outbox.join(), 3)
      yield* Effect.forEach(instances, drain, { concurrency: "unbounded" })
      for (const subject of subjects) {
        assert.deepStrictEqual(
          delivered.filter((id) => subjectOf(id) === subject),
          ids.filter((id) => subjectOf(id) === subject)
        )
      }
    })
  )

  describe("what others have taken over", () => {
    it.effect("is made known, be it that it waited or that it was under way", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp()
        const [a, b] = [yield* outbox.join(), yield* outbox.join()]
        const sequences = yield* a.put(["1", "2", "3", "4"].map((id) => outboxEvent(id)))
        const [first, second] = yield* a.claim({ count: 2, bytes: Infinity })
        yield* sql`delete from ${sql(`${table}_instance`)} where id in (select claimed_by from ${sql(table)})`
        const [one, two, three] = yield* b.claim({ count: 3, bytes: Infinity })
        yield* b.release([two!])
        // The next thing that it does shows the instance that it is not what it was.
        yield* a.put([outboxEvent("5")])
        assert.deepStrictEqual(yield* a.takeover, [three!.sequence])
        yield* a.release([first!, second!])
        assert.deepStrictEqual(yield* a.takeover, [one!.sequence])
        assert.deepStrictEqual(idsOf(yield* a.claim(everything)), ["2", "4", "5"])
        assert.deepStrictEqual(sequences, [one, two, three].map((entry) => entry!.sequence).concat(sequences[3]!))
      }).pipe(Effect.provide(Logger.layer([])))
    )
  })

  describe("an answer that gets lost", () => {
    /** Two instances, of which one loses answers, and events that any of them may claim. */
    const twoInstances = Effect.gen(function* () {
      const { outbox, rows, sql, table } = yield* setUp({ orderBy: "subject" })
      const { left, lose, sql: flaky } = flakySql(sql)
      const unlucky = yield* Effect.flatMap(outboxIn(flaky, { table, orderBy: "subject" }), ({ join }) => join())
      const other = yield* outbox.join()
      return { outbox, rows, sql, table, lose, left, unlucky, other }
    })

    it.effect("to a claim leaves nothing claimed that nobody sends", () =>
      Effect.gen(function* () {
        const { left, lose, other, outbox, rows, unlucky } = yield* twoInstances
        yield* outbox.offer(["1", "2"].map((id) => order(id, "x")))
        yield* outbox.offer(order("3", "y"))
        const held = yield* unlucky.claim({ count: 1, bytes: Infinity })
        lose("commit")
        assert.deepInclude(yield* Effect.flip(unlucky.claim(everything)), {
          _tag: "OutboxError",
          reason: "unavailable"
        })
        assert.strictEqual(left(), 0)
        // It is the claimant's own in the database, until that finds out.
        assert.deepStrictEqual(
          (yield* rows).map(({ claimed_by }) => claimed_by !== null),
          [true, false, true]
        )
        assert.deepStrictEqual(yield* other.claim(everything), [])
        assert.deepStrictEqual(idsOf(yield* unlucky.claim(everything)), ["3"])
        assert.deepStrictEqual(idsOf(held), ["1"])
        yield* unlucky.release(held)
        assert.deepStrictEqual(idsOf(yield* other.claim(everything)), ["1", "2"])
      })
    )

    it.effect("to a claim is found out by who claims no more, too", () =>
      Effect.gen(function* () {
        const { lose, other, outbox, unlucky } = yield* twoInstances
        yield* outbox.offer(order("1"))
        lose("commit")
        yield* Effect.flip(unlucky.claim(everything))
        const arrival = yield* Effect.forkChild(unlucky.arrival)
        yield* pass(Effect.sync(() => arrival.pollUnsafe() !== undefined))
        assert.deepStrictEqual(idsOf(yield* other.claim(everything)), ["1"])
      })
    )

    it.effect("while events that are spoilt are put aside leaves the sound ones to be claimed", () =>
      Effect.gen(function* () {
        const { lose, outbox, sql, table, unlucky } = yield* twoInstances
        yield* outbox.offer(["1", "2"].map((id) => order(id, id)))
        yield* sql`update ${sql(table)} set body = left(body, -1) where id = '1'`
        lose(/with gone/)
        yield* Effect.flip(unlucky.claim(everything))
        assert.deepStrictEqual(idsOf(yield* unlucky.claim(everything)), ["2"])
        assert.deepStrictEqual(idsOf(yield* Stream.runCollect(outbox.deadLetters)), ["1"])
      }).pipe(Effect.provide(Logger.layer([])))
    )

    it.effect("to a release, removal or burial lets it be repeated", () =>
      Effect.gen(function* () {
        const { lose, other, outbox, rows, unlucky } = yield* twoInstances
        const takeover = yield* Effect.forkChild(unlucky.takeover)
        yield* unlucky.put(["1", "2", "3", "4"].map((id) => outboxEvent(id)))
        const [one, two, three] = yield* unlucky.claim({ count: 3, bytes: Infinity })
        const twice = (loss: RegExp, change: Effect.Effect<void, OutboxError>) =>
          Effect.gen(function* () {
            lose(loss)
            assert.deepInclude(yield* Effect.flip(change), { reason: "unavailable" })
            // What nobody has confirmed is not to be given to a second sender.
            assert.deepStrictEqual(yield* other.claim(everything), [])
            yield* change
          })
        yield* twice(/set claimed_by = null/, unlucky.release([one!], "503"))
        yield* twice(/^delete/, unlucky.remove([two!]))
        yield* twice(/with gone/, unlucky.bury([three!], "400"))
        assert.deepStrictEqual(idsOf(yield* unlucky.claim(everything)), ["1", "4"])
        assert.deepStrictEqual(
          (yield* rows).map(({ id }) => id),
          ["1", "4"]
        )
        assert.deepStrictEqual(idsOf(yield* Stream.runCollect(outbox.deadLetters)), ["3"])
        yield* realPause(20)
        assert.isUndefined(takeover.pollUnsafe())
      })
    )

    it.effect("to a release gives the entry to no second sender before the release is repeated", () =>
      Effect.gen(function* () {
        const { lose, unlucky } = yield* twoInstances
        yield* unlucky.put([outboxEvent("1"), outboxEvent("2")])
        const [one] = yield* unlucky.claim({ count: 1, bytes: Infinity })
        lose(/set claimed_by = null/)
        yield* Effect.flip(unlucky.release([one!]))
        assert.deepStrictEqual(idsOf(yield* unlucky.claim(everything)), ["2"])
        yield* unlucky.release([one!])
        assert.deepStrictEqual(idsOf(yield* unlucky.claim(everything)), ["1"])
      })
    )

    it.effect("while an instance takes back what it held is made up for", () =>
      Effect.gen(function* () {
        const { lose, other, sql, table, unlucky } = yield* twoInstances
        const sequences = yield* unlucky.put(["1", "2", "3"].map((id) => outboxEvent(id)))
        const [first] = yield* unlucky.claim({ count: 1, bytes: Infinity })
        yield* sql`delete from ${sql(`${table}_instance`)} where id in (select claimed_by from ${sql(table)})`
        assert.deepStrictEqual(idsOf(yield* other.claim({ count: 2, bytes: Infinity })), ["1", "2"])
        lose(/set owner/)
        assert.deepInclude(yield* Effect.flip(unlucky.put([outboxEvent("4")])), { reason: "unavailable" })
        yield* unlucky.put([outboxEvent("5")])
        assert.deepStrictEqual(yield* unlucky.takeover, sequences.slice(1, 2))
        assert.deepStrictEqual(yield* other.claim(everything), [])
        yield* unlucky.release([first!])
        assert.deepStrictEqual(yield* unlucky.takeover, sequences.slice(0, 1))
        assert.deepStrictEqual(idsOf(yield* unlucky.claim(everything)), ["3", "5"])
      }).pipe(Effect.provide(Logger.layer([])))
    )
  })

  describe("a dead letter", () => {
    it.effect("keeps the event, the reason, and how often it was tried", () =>
      Effect.gen(function* () {
        const { outbox, rows } = yield* setUp()
        const instance = yield* outbox.join()
        const event = outboxEvent('1\u0000\\"', { source: "urn:\ud800", key: "k\u0000", offeredAt: 1_750_000_000_123 })
        const [sequence] = yield* instance.put([event])
        yield* instance.release(yield* instance.claim(everything), "503 Service Unavailable")
        assert.deepInclude((yield* rows)[0], { attempts: 1, last_error: "503 Service Unavailable" })
        yield* instance.release(yield* instance.claim(everything))
        assert.deepInclude((yield* rows)[0], { attempts: 2, last_error: "503 Service Unavailable" })
        yield* instance.bury(yield* instance.claim(everything), "400 Bad Request")
        assert.deepStrictEqual(yield* rows, [])
        const [letter, ...others] = yield* Stream.runCollect(outbox.deadLetters)
        assert.deepStrictEqual(others, [])
        const { buriedAt, ...rest } = letter!
        assert.deepStrictEqual(rest, {
          sequence: sequence!,
          id: event.id,
          source: event.source,
          json: event.json,
          bytes: event.bytes,
          offeredAt: new Date(event.offeredAt),
          attempts: 3,
          reason: "400 Bad Request"
        })
        assert.instanceOf(buriedAt, Date)
      })
    )

    it.effect("is delivered when it is put back, and gone when it is discarded", () =>
      Effect.gen(function* () {
        const { outbox } = yield* setUp()
        const instance = yield* outbox.join()
        const ids = Array.from({ length: 250 }, (_, i) => String(i))
        yield* outbox.offer(ids.map((id) => order(id)))
        const claimed = yield* instance.claim(everything)
        yield* instance.bury(claimed, "400 Bad Request")
        const letters = yield* Stream.runCollect(outbox.deadLetters)
        assert.deepStrictEqual(idsOf(letters), ids)
        yield* outbox.offer(order("new"))
        yield* outbox.redeliver(letters.slice(0, 2))
        yield* outbox.discard(letters.slice(2, 249))
        yield* outbox.redeliver([])
        assert.deepStrictEqual(idsOf(yield* Stream.runCollect(outbox.deadLetters)), ["249"])
        const again = yield* instance.claim(everything)
        assert.deepStrictEqual(idsOf(again), ["new", "0", "1"])
        assert.strictEqual(again[1]!.json, claimed[0]!.json)
      })
    )

    it.effect("is what becomes of an event that is not as it was put; those around it are not touched", () =>
      Effect.gen(function* () {
        const logs: Array<unknown> = []
        const { outbox, sql, table } = yield* setUp()
        const instance = yield* outbox.join()
        yield* outbox.offer(["1", "2", "3", "4"].map((id) => order(id)))
        yield* sql`update ${sql(table)} set body = left(body, -1) where id = '1'`
        yield* sql`update ${sql(table)} set body = overlay(body placing '!' from 1) where id = '3'`
        const claimed = yield* instance
          .claim({ count: 1, bytes: Infinity })
          .pipe(Effect.provide(Logger.layer([Logger.make(({ message }) => logs.push(message))])))
        assert.deepStrictEqual(idsOf(claimed), ["2"])
        assert.strictEqual(logs.length, 1)
        yield* Effect.provide(instance.claim(everything), Logger.layer([]))
        const letters = yield* Stream.runCollect(outbox.deadLetters)
        assert.deepStrictEqual(idsOf(letters), ["1", "3"])
        assert.match(letters[0]!.reason, /^corrupt: /)
      })
    )
  })

  describe("an outbox that is full", () => {
    it.effect("takes no more, by count or by bytes, until events have left it", () =>
      Effect.gen(function* () {
        const { outbox, rows } = yield* setUp({ maxCount: 3, maxBytes: 1000 })
        const instance = yield* outbox.join()
        assert.deepStrictEqual(instance.capacity, { count: 3, bytes: 1000 })
        yield* instance.put([outboxEvent("1"), outboxEvent("2")])
        const error = yield* Effect.flip(outbox.offer([order("3"), order("4")]))
        assert.deepInclude(error, { _tag: "OutboxError", reason: "full" })
        assert.match(error.message, /^the outbox is full: it holds 2 events \(\d+ bytes\)$/)
        yield* outbox.offer(order("3"))
        assert.deepInclude(yield* Effect.flip(instance.put([outboxEvent("4")])), { reason: "full" })
        yield* instance.remove(yield* instance.claim({ count: 1, bytes: Infinity }))
        assert.deepInclude(yield* Effect.flip(instance.put([outboxEvent("4", { json: "1".repeat(900) })])), {
          reason: "full"
        })
        yield* instance.put([outboxEvent("4")])
        assert.strictEqual((yield* rows).length, 3)
      })
    )

    it.effect("has room again when a put fails", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp({ maxCount: 1 })
        yield* sql`alter table ${sql(table)} rename to gone`
        assert.deepInclude(yield* Effect.flip(outbox.offer(order("1"))), { reason: "unavailable" })
        yield* sql`alter table gone rename to ${sql(table)}`
        yield* outbox.offer(order("2"))
      })
    )

    it.effect("is known from what others have put and removed, and from transactions that were rolled back", () =>
      Effect.gen(function* () {
        const { outbox, sql, table } = yield* setUp({ maxCount: 2 })
        const other = yield* outboxIn(sql, { table, maxCount: 100 })
        yield* other.offer(["1", "2"].map((id) => order(id)))
        yield* outbox.offer(order("3"))
        yield* pass(isFull(outbox.offer(order("4"))))
        yield* sql`delete from ${sql(table)}`
        yield* pass(Effect.map(isFull(outbox.offer(order("5"))), (full) => !full))
        yield* outbox.offer(order("6")).pipe(Effect.andThen(Effect.fail("no")), sql.withTransaction, Effect.ignore)
        assert.isTrue(yield* isFull(outbox.offer(order("6"))))
        yield* pass(Effect.map(isFull(outbox.offer(order("6"))), (full) => !full))
        assert.strictEqual((yield* outbox.size).count, 2)
      })
    )
  })

  describe("the tables", () => {
    it.effect("are made once, however many programs begin at the same time", () =>
      Effect.gen(function* () {
        const sql = yield* Effect.promise(() => pool.runPromise(SqlClient.SqlClient))
        const table = newTable()
        const outboxes = yield* Effect.forEach(Array.from({ length: 8 }), () => outboxIn(sql, { table }), {
          concurrency: "unbounded"
        })
        yield* Effect.forEach(outboxes, (outbox, i) => outbox.offer(order(String(i))))
        assert.strictEqual((yield* outboxes[0]!.size).count, 8)
      })
    )

    it.effect("may be made by migrations of the program, in a schema of its own", () =>
      Effect.gen(function* () {
        const sql = yield* Effect.promise(() => pool.runPromise(SqlClient.SqlClient))
        yield* sql`create schema metering`
        const table = "metering.events"
        const missing = yield* Effect.flip(outboxIn(sql, { table, migrate: false }))
        assert.deepInclude(missing, { reason: "unavailable" })
        assert.match(missing.message, /table "metering"\."events" does not exist/)
        const migrate = Effect.forEach(PostgresOutbox.migration({ table }).split(";\n"), (text) => sql.unsafe(text))
        yield* migrate
        yield* migrate
        const outbox = yield* outboxIn(sql, { table, migrate: false })
        const instance = yield* outbox.join()
        yield* outbox.offer(order("1"))
        yield* instance.bury(yield* instance.claim(everything), "no reason")
        assert.deepStrictEqual(idsOf(yield* Stream.runCollect(outbox.deadLetters)), ["1"])
      })
    )

    for (const [what, change, message] of [
      ["a column of another type", "alter column bytes type bigint", /must have bytes integer, and has bigint/],
      ["no column for the key", "drop column key", /must have key text, and has none/],
      [
        "no foreign key",
        "drop constraint {}_owner_fkey",
        /must have owner, a foreign key on delete set null, and has none/
      ]
    ] as const) {
      it.effect(`are refused with ${what}`, () =>
        Effect.gen(function* () {
          const { sql, table } = yield* setUp()
          yield* sql.unsafe(`alter table ${table} ${change.replace("{}", table)}`)
          const error = yield* Effect.flip(outboxIn(sql, { table }))
          assert.deepInclude(error, { _tag: "OutboxError", reason: "corrupt" })
          assert.match(error.message, message)
        })
      )
    }
  })

  describe("options", () => {
    for (const [field, options] of [
      ["table", { table: "Robert'; drop table students" }],
      ["table", { table: "x".repeat(49) }],
      ["maxCount", { maxCount: 0 }],
      ["maxBytes", { maxBytes: 1.5 }],
      ["migrate", { migrate: "yes" as unknown as boolean }],
      ["orderBy", { orderBy: "customer" as unknown as "subject" }],
      ["tables", { tables: "x" } as PostgresOutboxOptions]
    ] as const) {
      it.effect(`are refused by name: ${JSON.stringify(options)}`, () =>
        Effect.gen(function* () {
          const sql = yield* Effect.promise(() => pool.runPromise(SqlClient.SqlClient))
          assert.deepInclude(yield* Effect.flip(outboxIn(sql, options)), { _tag: "InvalidRequestError", field })
        })
      )
    }

    it.effect("of an instance are refused by name", () =>
      Effect.gen(function* () {
        const { outbox } = yield* setUp()
        assert.deepInclude(yield* Effect.flip(outbox.join({ lease: 0 })), { field: "lease" })
        assert.deepInclude(yield* Effect.flip(outbox.join({ pollInterval: "soon" as unknown as number })), {
          field: "pollInterval"
        })
      })
    )
  })
})
