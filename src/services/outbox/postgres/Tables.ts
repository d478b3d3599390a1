/**
 * The tables of an outbox in Postgres.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"
import * as Check from "../../../layers/Check.ts"

/**
 * The name of the outbox's table, where the program gives none.
 *
 * @internal
 */
export const DEFAULT_TABLE = "openmeter_outbox"

/**
 * The tables of an outbox, quoted.
 *
 * @internal
 */
export interface Tables {
  /** The name that the program gives, which tells this outbox from others in the database. */
  readonly name: string
  /** Events that wait, claimed or not. */
  readonly outbox: string
  /** The instances that take part in the delivery. */
  readonly instance: string
  /** Events that were not delivered and will not be. */
  readonly deadLetter: string
  /** The quoted name of an index of the outbox. Indexes live in the schema of their table. */
  readonly index: (suffix: string) => string
}

/** Postgres cuts names after 63 bytes: the longest of the derived ones must stay apart. */
const NAME = /^(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,47}$/

const quoted = (name: string) =>
  name
    .split(".")
    .map((part) => `"${part}"`)
    .join(".")

/**
 * The tables of the outbox of a name. Throws the `InvalidRequestError` that says what is wrong with it.
 *
 * @internal
 */
export const tables = (name: unknown = DEFAULT_TABLE): Tables => {
  if (!Predicate.isString(name) || !NAME.test(name)) {
    throw Check.invalid(
      "table",
      "must be a name of at most 48 lower-case letters, digits and _, with or without a schema"
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
 * The statements that make the tables. Where the tables are there already they do nothing.
 *
 * @internal
 */
export const migration = ({ deadLetter, index, instance, outbox }: Tables): ReadonlyArray<string> => [
  `create table if not exists ${instance} (
  id uuid primary key,
  expires_at timestamptz not null
)`,
  // What an instance owns and has claimed is free again the moment it is gone: the foreign keys see to it.
  // The table turns over fast: it is vacuumed after every few thousand rows, however many there are.
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

/** What each table must have: columns by name, with their types, and foreign keys by their column. */
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
 * What a table has: a column with its type, or a foreign key with what it does.
 *
 * @internal
 */
export interface Trait {
  readonly table: "outbox" | "instance" | "deadLetter"
  readonly name: string
  readonly type: string
}

/**
 * The statement that asks for the {@link Trait}s of the tables.
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
 * What is wrong with the tables, by what they have: `missing` is none of them there, `undefined` is nothing wrong.
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
