/**
 * Tables of an outbox in Postgres.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"
import * as Check from "../../../layers/Check.ts"

/**
 * Default name of the outbox's table.
 *
 * @internal
 */
export const DEFAULT_TABLE = "openmeter_outbox"

/**
 * Names of the tables of an outbox, quoted.
 *
 * @internal
 */
export interface Tables {
  /** The name given by the program, which distinguishes this outbox from others in the database. */
  readonly name: string
  /** Waiting events, claimed or not. */
  readonly outbox: string
  /** Instances that deliver events. */
  readonly instance: string
  /** Events that were given up. */
  readonly deadLetter: string
  /** Returns the quoted name of an index of the outbox. Indexes are in the schema of their table. */
  readonly index: (suffix: string) => string
}

/** Postgres truncates names after 63 bytes, and the longest derived name must remain unique. */
const NAME = /^(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,47}$/

const quoted = (name: string) =>
  name
    .split(".")
    .map((part) => `"${part}"`)
    .join(".")

/**
 * Returns the tables of the outbox with the given name. Throws an `InvalidRequestError` if the name is invalid.
 *
 * @internal
 */
export const tables = (name: unknown = DEFAULT_TABLE): Tables => {
  if (!Predicate.isString(name) || !NAME.test(name)) {
    throw Check.invalid(
      "table",
      "must be a name of at most 48 lowercase letters, digits and _, with or without a schema"
    )
  }
  const unqualified = name.slice(name.indexOf(".") + 1)
  return {
    name,
    outbox: quoted(name),
    instance: quoted(`${name}_instance`),
    deadLetter: quoted(`${name}_dead_letter`),
    index: (suffix) => quoted(`${unqualified}_${suffix}`)
  }
}

/**
 * Returns the statements that create the tables. They do nothing if the tables exist.
 *
 * @internal
 */
export const migration = ({ deadLetter, index, instance, outbox }: Tables): ReadonlyArray<string> => [
  `create table if not exists ${instance} (
  id uuid primary key,
  expires_at timestamptz not null
)`,
  // The foreign keys release what an instance owns and has claimed as soon as the instance is deleted. The table has a
  // high turnover, so it is vacuumed after every few thousand rows, regardless of its size.
  `create table if not exists ${outbox} (
  sequence bigint generated always as identity primary key,
  id text not null,
  source text not null,
  key text,
  body text not null,
  bytes integer not null,
  offered_at timestamptz not null,
  owner uuid references ${instance} on delete set null,
  claimed_by uuid references ${instance} on delete set null,
  attempts integer not null default 0,
  last_error text
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`,
  `create index if not exists ${index("waiting")} on ${outbox} (sequence) where claimed_by is null`,
  `create index if not exists ${index("keyed")} on ${outbox} (key) where key is not null`,
  `create table if not exists ${deadLetter} (
  sequence bigint primary key,
  id text not null,
  source text not null,
  key text,
  body text not null,
  bytes integer not null,
  offered_at timestamptz not null,
  attempts integer not null,
  reason text not null,
  buried_at timestamptz not null default now()
)`
]

/** Required columns with their types, by name, and required foreign keys, by column. */
const required = {
  outbox: {
    sequence: "bigint",
    id: "text",
    source: "text",
    key: "text",
    body: "text",
    bytes: "integer",
    offered_at: "timestamp with time zone",
    owner: "uuid",
    claimed_by: "uuid",
    attempts: "integer",
    last_error: "text",
    "owner, a foreign key": "on delete set null",
    "claimed_by, a foreign key": "on delete set null"
  },
  instance: { id: "uuid", expires_at: "timestamp with time zone" },
  deadLetter: {
    sequence: "bigint",
    id: "text",
    source: "text",
    key: "text",
    body: "text",
    bytes: "integer",
    offered_at: "timestamp with time zone",
    attempts: "integer",
    reason: "text",
    buried_at: "timestamp with time zone"
  }
} satisfies Partial<Record<keyof Tables, Record<string, string>>>

/**
 * A trait of a table: a column with its type, or a foreign key with its action.
 *
 * @internal
 */
export interface Trait {
  readonly table: "outbox" | "instance" | "deadLetter"
  readonly name: string
  readonly type: string
}

/**
 * Returns the query for the {@link Trait}s of the tables.
 *
 * @internal
 */
export const traits = ({ deadLetter, instance, outbox }: Tables): string => {
  const columns = (table: Trait["table"], name: string) =>
    `select '${table}' as "table", attname::text as name, format_type(atttypid, null) as type
from pg_attribute where attrelid = to_regclass('${name}') and attnum > 0 and not attisdropped`
  return `${columns("outbox", outbox)}
union all ${columns("instance", instance)}
union all ${columns("deadLetter", deadLetter)}
union all select 'outbox', attname::text || ', a foreign key', 'on delete set null'
from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
where conrelid = to_regclass('${outbox}') and confrelid = to_regclass('${instance}') and contype = 'f' and confdeltype = 'n'`
}

/**
 * Returns what is wrong with the tables, given their traits: `missing` if there are none, `undefined` if all is well.
 *
 * @internal
 */
export const fault = (
  names: Tables,
  found: ReadonlyArray<Trait>
): "missing" | { readonly mismatch: string } | undefined => {
  if (found.length === 0) return "missing"
  const types = new Map(found.map(({ name, table, type }) => [`${table} ${name}`, type]))
  for (const table of ["outbox", "instance", "deadLetter"] as const) {
    for (const [name, type] of Object.entries(required[table])) {
      const actual = types.get(`${table} ${name}`)
      if (actual !== type) {
        return { mismatch: `${names[table]} must have ${name} ${type}, and has ${actual ?? "none"}` }
      }
    }
  }
  return undefined
}
