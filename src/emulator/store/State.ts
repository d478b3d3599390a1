/**
 * Everything the emulator knows, as plain data: `structuredClone` of a state is a snapshot of it.
 */
import * as Predicate from "effect/Predicate"
import type { StoredEntitlement } from "../entitlements/Entitlement.ts"
import type { StoredGrant } from "../entitlements/Grant.ts"
import * as EventLog from "../metering/EventLog.ts"
import type { StoredMeter } from "../metering/Meter.ts"
import type { StoredCustomer, StoredFeature, StoredSubject } from "./records.ts"
import * as Table from "./Table.ts"

/** The state of one emulator. Records are replaced, never changed in place; deleted ones stay with their `deletedAt`. */
export interface State {
  /** How far the emulator's clock is ahead of the program's, in milliseconds. */
  ahead: number
  /** How many identifiers were given out. */
  identifiers: number
  /** How many requests were answered. */
  requests: number
  readonly subjects: Table.Table<StoredSubject>
  readonly customers: Table.Table<StoredCustomer>
  /** The id of the customer that a subject key is attributed to. */
  readonly attributions: Map<string, string>
  readonly meters: Table.Table<StoredMeter>
  readonly features: Table.Table<StoredFeature>
  readonly entitlements: Table.Table<StoredEntitlement>
  readonly grants: Table.Table<StoredGrant>
  readonly events: EventLog.EventLog
}

/** A state that holds nothing. */
export const make = (): State => ({
  ahead: 0,
  identifiers: 0,
  requests: 0,
  subjects: Table.make(),
  customers: Table.make(),
  attributions: new Map(),
  meters: Table.make(),
  features: Table.make(),
  entitlements: Table.make(),
  grants: Table.make(),
  events: EventLog.make()
})

// Not `instanceof`: test runners that isolate tests give clones the Map of another realm.
const isMap = (input: unknown): boolean => Object.prototype.toString.call(input) === "[object Map]"

const isLike = (input: unknown, example: unknown): boolean => {
  if (isMap(example)) return isMap(input)
  if (Array.isArray(example)) return Array.isArray(input)
  if (!Predicate.isObject(example)) return typeof input === typeof example
  return Predicate.isObject(input) && Object.entries(example).every(([name, member]) => isLike(input[name], member))
}

/** Whether a value has the shape of a state, whatever its records are. */
export const isState = (input: unknown): input is State => isLike(input, make())
