/**
 * SQL statements of an outbox in Postgres.
 *
 * @since 2.0.0
 */
import type { OutboxEntry, OutboxEvent, Size } from "../../Outbox.ts"
import type { Tables } from "./Tables.ts"

/**
 * A statement with the values of its parameters.
 *
 * @since 2.0.0
 * @category models
 */
export interface PostgresStatement {
  /** SQL, with `$1` for the first value. */
  readonly text: string
  /** Values of the parameters, in order. */
  readonly values: Array<string | number | boolean | null>
}

/**
 * A row of the outbox as selected here, in types that all drivers return alike.
 *
 * @internal
 */
export interface EntryRow {
  readonly sequence: string
  readonly id: string
  readonly source: string
  readonly key: string | null
  readonly body: string
  readonly bytes: number
  readonly offered_at: string
}

/**
 * A row of the dead letters.
 *
 * @internal
 */
export interface DeadLetterRow extends EntryRow {
  readonly attempts: number
  readonly reason: string
  readonly buried_at: string
}

/** Escapes a name for a `text` column, which cannot hold NUL or lone surrogates. A JSON string escapes both. */
const toColumn = (name: string) => JSON.stringify(name).slice(1, -1)
const fromColumn = (column: string): string => JSON.parse(`"${column}"`)

const encoder = new TextEncoder()

/**
 * Returns the entry of a row, or nothing if the row is not as it was put.
 *
 * @internal
 */
export const entryOf = (row: EntryRow): OutboxEntry | undefined => {
  const { body: json, bytes, key } = row
  try {
    JSON.parse(json)
    if (encoder.encode(json).length !== bytes) return undefined
    return {
      sequence: Number(row.sequence),
      id: fromColumn(row.id),
      source: fromColumn(row.source),
      key: key === null ? undefined : fromColumn(key),
      json,
      bytes,
      offeredAt: Number(row.offered_at)
    }
  } catch {
    return undefined
  }
}

const millisecondsOf = (column: string) => `(extract(epoch from ${column}) * 1000)::bigint::text as ${column}`

/**
 * Returns the dead letter of a row.
 *
 * @internal
 */
export const deadLetterOf = (row: DeadLetterRow) => ({
  sequence: Number(row.sequence),
  id: fromColumn(row.id),
  source: fromColumn(row.source),
  json: row.body,
  bytes: row.bytes,
  offeredAt: new Date(Number(row.offered_at)),
  attempts: row.attempts,
  reason: row.reason,
  buriedAt: new Date(Number(row.buried_at))
})

const entryColumns = `sequence::text, id, source, key, body, bytes, ${millisecondsOf("offered_at")}`

/** Passes sequences as a single string, because drivers disagree about arrays. */
const sequences = (parameter: string) => `sequence = any(string_to_array(${parameter}, ',')::bigint[])`

const joined = (entries: ReadonlyArray<{ readonly sequence: number }>) =>
  entries.map(({ sequence }) => sequence).join(",")

/** Leases are measured only by the database's clock. */
const expiry = (parameter: string) => `clock_timestamp() + ${parameter}::double precision * interval '1 millisecond'`

/**
 * Creates the statements of an outbox.
 *
 * @internal
 */
export const make = ({ deadLetter, instance, name, outbox }: Tables) => {
  const statement = (text: string, ...values: PostgresStatement["values"]): PostgresStatement => ({ text, values })

  return {
    /**
     * Puts events, and returns their sequences in the same order.
     *
     * @param owner - the only instance that may claim them; `null` stands for any
     */
    put: (events: ReadonlyArray<OutboxEvent>, owner: string | null) =>
      statement(
        `insert into ${outbox} (id, source, key, body, bytes, offered_at, owner)
select id, source, key, body, bytes, to_timestamp(offered_at / 1000), $2::uuid
from rows from (json_to_recordset($1::text::json)
  as (id text, source text, key text, body text, bytes integer, offered_at double precision)) with ordinality
order by ordinality
returning sequence::text`,
        JSON.stringify(
          events.map(({ bytes, id, json, key, offeredAt, source }) => ({
            id: toColumn(id),
            source: toColumn(source),
            key: key === undefined ? null : toColumn(key),
            body: json,
            bytes,
            offered_at: offeredAt
          }))
        ),
        owner
      ),

    size: statement(`select count(*)::text as count, coalesce(sum(bytes), 0)::text as bytes from ${outbox}`),

    /** Returns whether there is something to claim that no instance owns. */
    hasArrived: statement(`select exists (
  select from ${outbox} where claimed_by is null and owner is null and (key is null or key not in (
    select key from ${outbox} where key is not null and claimed_by is not null
  ))
) as "hasArrived"`),

    /**
     * Begins a claim: returns whether there are events with keys, and if so, waits until no other instance is claiming
     * any. Holds until the end of the transaction. A subsequent statement sees what was claimed before.
     *
     * @param patience - how long an instance that stops midway can block the others, in milliseconds
     */
    beginClaim: (patience: number) =>
      statement(
        `select "withKeys", case when "withKeys" then pg_advisory_xact_lock(hashtextextended($1, 0))::text end,
  set_config('idle_in_transaction_session_timeout', $2, true)
from (select exists (select from ${outbox} where key is not null) as "withKeys") outbox`,
        `${name} keys`,
        String(Math.ceil(patience))
      ),

    /**
     * Claims the oldest events that may be sent, up to the given size but at least one. Returns them in any order.
     *
     * @param which - `own`: only those put by this instance
     */
    claim: (limit: Size, which: "own" | undefined, by: string, withKeys: boolean) =>
      statement(
        `with candidate as (
  select sequence, bytes from ${outbox}
  where claimed_by is null and (owner = $1::uuid or owner is null and not $5::boolean) and (key is null or $2::boolean and key not in (
    select key from ${outbox} where key is not null and claimed_by is not null
  ))
  order by sequence limit $3::bigint
  for update skip locked
), chosen as (
  select sequence from (select sequence, bytes, sum(bytes) over (order by sequence) as total from candidate) candidate
  where total <= $4::bigint or total = bytes
)
update ${outbox} set claimed_by = $1::uuid, attempts = attempts + 1
where sequence in (select sequence from chosen)
returning ${entryColumns}`,
        by,
        withKeys,
        Math.min(limit.count, Number.MAX_SAFE_INTEGER),
        Math.min(limit.bytes, Number.MAX_SAFE_INTEGER),
        which === "own"
      ),

    remove: (entries: ReadonlyArray<OutboxEntry>) =>
      statement(`delete from ${outbox} where ${sequences("$1")}`, joined(entries)),

    /**
     * Releases entries, and returns those that can be claimed again, including those released before if that response
     * was lost. Events that another instance has claimed in the meantime remain with it.
     */
    release: (entries: ReadonlyArray<OutboxEntry>, by: string, reason: string | null) =>
      statement(
        `update ${outbox} set claimed_by = null, last_error = coalesce($3, last_error)
where ${sequences("$1")} and (claimed_by = $2::uuid or claimed_by is null and owner = $2::uuid)
returning sequence::text`,
        joined(entries),
        by,
        reason
      ),

    /** Releases everything that an instance has claimed, except for what it knows of. Returns what was released. */
    releaseOthers: (known: Iterable<number>, by: string) =>
      statement(
        `update ${outbox} set claimed_by = null
where claimed_by = $2::uuid and not (${sequences("$1")}) returning sequence::text`,
        [...known].join(","),
        by
      ),

    /** Moves events to the dead letters. */
    bury: (entries: ReadonlyArray<{ readonly sequence: number }>, reason: string) =>
      statement(
        `with gone as (delete from ${outbox} where ${sequences("$1")} returning *)
insert into ${deadLetter} (sequence, id, source, key, body, bytes, offered_at, attempts, reason)
select sequence, id, source, key, body, bytes, offered_at, attempts, $2 from gone`,
        joined(entries),
        reason
      ),

    deadLetters: (after: number, limit: number) =>
      statement(
        `select ${entryColumns}, attempts, reason, ${millisecondsOf("buried_at")}
from ${deadLetter} where sequence > $1::bigint order by ${deadLetter}.sequence limit $2::bigint`,
        after,
        limit
      ),

    /** Moves dead letters back into the outbox, behind the waiting events. */
    redeliver: (letters: ReadonlyArray<{ readonly sequence: number }>) =>
      statement(
        `with gone as (delete from ${deadLetter} where ${sequences("$1")} returning *)
insert into ${outbox} (id, source, key, body, bytes, offered_at, last_error)
select id, source, key, body, bytes, offered_at, reason from gone order by sequence`,
        joined(letters)
      ),

    discard: (letters: ReadonlyArray<{ readonly sequence: number }>) =>
      statement(`delete from ${deadLetter} where ${sequences("$1")}`, joined(letters)),

    join: (id: string, lease: number) =>
      statement(`insert into ${instance} (id, expires_at) values ($1::uuid, ${expiry("$2")})`, id, lease),

    /** Returns a row if the lease still holds. */
    renew: (id: string, lease: number) =>
      statement(
        `update ${instance} set expires_at = ${expiry("$2")} where id = $1::uuid returning id::text`,
        id,
        lease
      ),

    leave: (id: string) => statement(`delete from ${instance} where id = $1::uuid`, id),

    /** Ends expired leases. */
    expire: statement(`delete from ${instance} where expires_at < clock_timestamp()`),

    /** Reclaims what an instance had put, unless another instance has claimed it. Returns what was reclaimed. */
    reclaim: (put: ReadonlyArray<number>, id: string) =>
      statement(
        `update ${outbox} set owner = $2::uuid
where ${sequences("$1")} and (claimed_by is null or claimed_by = $2::uuid) returning sequence::text`,
        put.join(","),
        id
      ),

    /** Reclaims what an instance had claimed, unless another instance has claimed it. */
    retake: (claimed: Iterable<number>, id: string) =>
      statement(
        `update ${outbox} set claimed_by = $2::uuid where ${sequences("$1")} and claimed_by is null`,
        [...claimed].join(","),
        id
      )
  }
}

/**
 * Statements of an outbox.
 *
 * @internal
 */
export interface Statements extends ReturnType<typeof make> {}
