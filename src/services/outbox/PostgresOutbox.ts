/**
 * An outbox in Postgres, shared by any number of programs.
 *
 * @since 2.0.0
 */
import * as Array from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as SqlClient from "effect/sql/SqlClient"
import * as Stream from "effect/Stream"
import type { InvalidRequestError } from "../../errors.ts"
import * as Check from "../../layers/Check.ts"
import type { Event } from "../../schemas/Event.ts"
import { prepareAt, type PreparedEvent } from "../Ingest.ts"
import { Outbox, OutboxError, type OutboxEvent, type OutboxService, type Size } from "../Outbox.ts"
import { keyOf, type KeyOf } from "./orderBy.ts"
import { Database, orUnavailable } from "./postgres/Database.ts"
import * as Instance from "./postgres/Instance.ts"
import { Occupancy } from "./postgres/Occupancy.ts"
import {
  resolve,
  resolveDelivery,
  type PostgresDeliveryOptions,
  type PostgresOutboxOptions
} from "./postgres/Options.ts"
import * as Statements from "./postgres/Statements.ts"
import type { PostgresStatement } from "./postgres/Statements.ts"
import * as Tables from "./postgres/Tables.ts"

/**
 * An event that was given up, and is not delivered unless it is put back.
 *
 * @since 2.0.0
 * @category models
 */
export interface PostgresDeadLetter extends PreparedEvent {
  /** Sequence of the event in the outbox. */
  readonly sequence: number
  /** When the event was offered. */
  readonly offeredAt: Date
  /** Number of times the event was claimed. */
  readonly attempts: number
  /** Why the event was not delivered. */
  readonly reason: string
  /** When the event was given up. */
  readonly buriedAt: Date
}

/**
 * Operations of an outbox in Postgres.
 *
 * @since 2.0.0
 * @category models
 */
export interface PostgresOutboxService {
  /**
   * Puts one event, or several, and returns them as they will be sent, with every default filled in.
   *
   * Within `withTransaction` of the same `SqlClient`, the events are part of that transaction: they are delivered if it
   * commits, and discarded if it does not. Whichever instance claims them first delivers them.
   *
   * If any event is invalid, or there is no room for all of them, none is put. In the latter case, the reason of the
   * `OutboxError` is `full`.
   */
  readonly offer: (
    events: Event | ReadonlyArray<Event>
  ) => Effect.Effect<ReadonlyArray<PreparedEvent>, InvalidRequestError | OutboxError>
  /** Amount of waiting events, including those in flight. */
  readonly size: Effect.Effect<Size, OutboxError>
  /** Streams the events that were given up, in the order they were put. */
  readonly deadLetters: Stream.Stream<PostgresDeadLetter, OutboxError>
  /** Puts dead letters back to be delivered, with the same ids, behind all waiting events. */
  readonly redeliver: (letters: ReadonlyArray<PostgresDeadLetter>) => Effect.Effect<void, OutboxError>
  /** Deletes dead letters. */
  readonly discard: (letters: ReadonlyArray<PostgresDeadLetter>) => Effect.Effect<void, OutboxError>
  /**
   * Joins the instances that deliver events, until the scope closes. Returns the outbox of one instance, to be used by
   * an `EventBuffer`. {@link PostgresOutbox.layerOutbox} does the same as a layer.
   */
  readonly join: (
    options?: PostgresDeliveryOptions
  ) => Effect.Effect<OutboxService, InvalidRequestError | OutboxError, Scope.Scope>
}

/** Number of dead letters read at a time. */
const PAGE = 100

/** Prepares events to be put. */
const prepared = Effect.fnUntraced(function* (input: Event | ReadonlyArray<Event>, keyOf: KeyOf) {
  const offeredAt = yield* Clock.currentTimeMillis
  const isOne = !Array.isArray(input)
  return yield* Effect.forEach(
    Array.ensure(input),
    Effect.fnUntraced(function* (event: Event, index: number): Effect.fn.Return<OutboxEvent, InvalidRequestError> {
      const place = isOne ? "" : `events[${index}]`
      const ready = yield* prepareAt(event, place)
      return { ...ready, key: yield* Check.run(() => keyOf(event, place)), offeredAt }
    })
  )
})

const outboxError = (reason: OutboxError["reason"], message: string) =>
  Effect.fail(new OutboxError({ reason, message }))

/** Ensures that the tables exist and have the required columns. */
const open = Effect.fnUntraced(function* (database: Database, tables: Tables.Tables, migrate: boolean) {
  const check = Effect.map(
    orUnavailable(database.run<Tables.Trait>({ text: Tables.traits(tables), values: [] })),
    (traits) => Tables.fault(tables, traits)
  )
  // Serializes migrations, because concurrent ones conflict even with `if not exists`.
  const lock = {
    text: "select pg_advisory_xact_lock(hashtextextended($1, 0))::text",
    values: [`${tables.name} migration`]
  }
  const statements = [lock, ...Tables.migration(tables).map((text) => ({ text, values: [] }))]
  const create = orUnavailable(
    database.transaction(Effect.forEach(statements, (statement) => database.run(statement), { discard: true }))
  )
  let fault = yield* check
  if (fault === "missing" && migrate) {
    yield* create
    fault = yield* check
  }
  if (fault === "missing") {
    return yield* outboxError("unavailable", `table ${tables.outbox} does not exist; run the migration`)
  }
  if (fault !== undefined) return yield* outboxError("corrupt", fault.mismatch)
})

const make = Effect.fnUntraced(function* (
  options: PostgresOutboxOptions = {}
): Effect.fn.Return<PostgresOutboxService, InvalidRequestError | OutboxError, SqlClient.SqlClient | Scope.Scope> {
  const { capacity, keyOf, migrate, tables } = yield* Check.run(() => resolve(options))
  const database = new Database(yield* SqlClient.SqlClient)
  const statements = Statements.make(tables)
  yield* database.apart(open(database, tables, migrate))

  const size = orUnavailable(
    Effect.map(database.run<Record<keyof Size, string>>(statements.size), ([row]) => ({
      count: Number(row?.count),
      bytes: Number(row?.bytes)
    }))
  )
  const occupancy = new Occupancy(capacity)
  // Work that lasts as long as the scope must not run in the transaction in which the outbox is built.
  yield* database.apart(Effect.andThen(occupancy.recount(size), occupancy.keepCounting(size)))

  const offer: PostgresOutboxService["offer"] = Effect.fnUntraced(function* (input) {
    const events = yield* prepared(input, keyOf)
    if (events.length > 0) yield* occupancy.admit(events, orUnavailable(database.run(statements.put(events, null))))
    return events.map(({ bytes, id, json, source }) => ({ id, source, json, bytes }))
  })

  const page = (after: number) =>
    Effect.map(orUnavailable(database.run<Statements.DeadLetterRow>(statements.deadLetters(after, PAGE))), (rows) => {
      const letters = rows.map(Statements.deadLetterOf)
      return [letters, Option.map(Array.last(letters), ({ sequence }) => sequence)] as const
    })

  const change = (letters: ReadonlyArray<PostgresDeadLetter>, statement: PostgresStatement) =>
    letters.length === 0 ? Effect.void : Effect.asVoid(orUnavailable(database.run(statement)))

  return {
    offer,
    size,
    deadLetters: Stream.paginate(0, page),
    redeliver: (letters) => change(letters, statements.redeliver(letters)),
    discard: (letters) => change(letters, statements.discard(letters)),
    join: (options = {}) =>
      Effect.flatMap(
        Check.run(() => resolveDelivery(options)),
        (settings) => database.apart(Instance.make({ database, statements, occupancy, ...settings }))
      )
  }
})

/**
 * Service of an outbox in Postgres: events offered in the program's own transaction are delivered if it commits, by
 * whichever instance claims them first.
 *
 * @example
 * ```ts
 * import { PgClient } from "@effect/sql-pg"
 * import { Effect, Layer, Redacted } from "effect"
 * import { SqlClient } from "effect/sql"
 * import { PostgresOutbox } from "@openmeter/sdk/postgres"
 *
 * // The order and its usage are stored together, or not at all.
 * const order = (customer: string, items: number) =>
 *   Effect.gen(function*() {
 *     const sql = yield* SqlClient.SqlClient
 *     const outbox = yield* PostgresOutbox
 *     yield* sql`insert into orders ${sql.insert({ customer, items })}`
 *     yield* outbox.offer({ type: "order", subject: customer, data: { items } })
 *   }).pipe((effect) => Effect.flatMap(SqlClient.SqlClient, (sql) => sql.withTransaction(effect)))
 *
 * const OutboxLive = PostgresOutbox.layer().pipe(
 *   Layer.provideMerge(PgClient.layer({ url: Redacted.make("postgres://localhost/shop") }))
 * )
 * ```
 *
 * @since 2.0.0
 * @category services
 */
export class PostgresOutbox extends Context.Service<PostgresOutbox, PostgresOutboxService>()(
  "@openmeter/sdk/PostgresOutbox"
) {
  /**
   * Layer of an outbox in the database of the program's `SqlClient`. It suffices for offering events; {@link
   * layerOutbox} delivers them.
   *
   * Creates missing tables. Fails with the reason `corrupt` if existing tables do not have the required columns.
   */
  static readonly layer = (
    options?: PostgresOutboxOptions
  ): Layer.Layer<PostgresOutbox, InvalidRequestError | OutboxError, SqlClient.SqlClient> =>
    Layer.effect(PostgresOutbox, make(options))

  /**
   * Returns the SQL that creates the tables of an outbox, for migrations of your own: statements separated by `;` and a
   * newline. They have no effect if the tables exist.
   *
   * @throws InvalidRequestError if the name of the table is invalid
   */
  static readonly migration = ({ table }: Pick<PostgresOutboxOptions, "table"> = {}): string =>
    Tables.migration(Tables.tables(table)).join(";\n")

  /**
   * Returns the statement that offers events in a transaction of another client: `text` with `$1` and `$2`, and their
   * `values`, in the form that `pg` accepts. Its events are delivered like those of `offer`, but the limits of the outbox
   * do not apply to them.
   *
   * @param events - one event, or several
   * @param options - `table`, `orderBy`: the same as those of {@link PostgresOutbox.layer}
   * @throws InvalidRequestError if an event or option is invalid; it names the attribute or option
   *
   * @example
   * ```ts
   * import { PostgresOutbox } from "@openmeter/sdk/postgres"
   *
   * interface Client {
   *   query(statement: { text: string; values: Array<unknown> }): Promise<unknown>
   * }
   *
   * const order = async (client: Client, customer: string, items: number) => {
   *   await client.query({ text: "begin", values: [] })
   *   await client.query({ text: "insert into orders values ($1, $2)", values: [customer, items] })
   *   await client.query(PostgresOutbox.offerStatement({ type: "order", subject: customer, data: { items } }))
   *   await client.query({ text: "commit", values: [] })
   * }
   * ```
   */
  static readonly offerStatement = (
    events: Event | ReadonlyArray<Event>,
    { orderBy, table }: Pick<PostgresOutboxOptions, "orderBy" | "table"> = {}
  ): PostgresStatement => {
    const statements = Statements.make(Tables.tables(table))
    return statements.put(Effect.runSync(prepared(events, keyOf(orderBy))), null)
  }

  /**
   * Layer of an instance that takes part in the delivery: the `Outbox` of an `EventBuffer`.
   *
   * Events offered to the buffer are delivered by this instance, as long as its lease is valid. Events offered in
   * transactions, or left behind by an instance that is gone, are delivered by any instance.
   */
  static readonly layerOutbox = (
    options?: PostgresDeliveryOptions
  ): Layer.Layer<Outbox, InvalidRequestError | OutboxError, PostgresOutbox> =>
    Layer.effect(
      Outbox,
      Effect.flatMap(PostgresOutbox, ({ join }) => join(options))
    )
}
