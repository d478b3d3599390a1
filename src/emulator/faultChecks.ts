/**
 * Checks of the parts of a fault.
 */
import * as Predicate from "effect/Predicate"
import * as Check from "./check.ts"
import type { Selection, Target } from "./Faults.ts"
import { routes } from "./http/routes.ts"

const operations = Object.keys(routes)

const operation = (call: string, field: string, name: unknown): void => {
  if (!Predicate.isString(name)) {
    throw Check.unexpected(call, field, `an operation such as "ingestEvents", an array of operations, or "*"`, name)
  }
  if (operations.includes(name)) return
  const meant = Check.nearest(name, operations)
  const hint = meant === undefined ? `operations are named like "ingestEvents"` : `did you mean "${meant}"?`
  throw Check.invalid(call, field, `${JSON.stringify(name)} is not a known operation; ${hint}`)
}

/** Requires one or more operations, or all. */
export const target = (call: string, field: string, input: Target): void => {
  if (input === "*") return
  if (Array.isArray(input) && input.length === 0) {
    throw Check.invalid(call, field, "must name at least one operation, not an empty array")
  }
  for (const name of [input].flat()) operation(call, field, name)
}

/** Requires a number of requests. */
export const count = (call: string, field: string, input: unknown): void =>
  Check.integer(call, field, input, 0, Number.MAX_SAFE_INTEGER)

/** Checks a selection. `fieldOf` names the argument that a member came from. */
export const selection = (call: string, input: Selection, fieldOf: (member: keyof Selection) => string): void => {
  const { from, operation, probability, seed, skip, times, until } = input
  if (operation !== undefined) target(call, fieldOf("operation"), operation)
  if (skip !== undefined) count(call, fieldOf("skip"), skip)
  if (times !== undefined) count(call, fieldOf("times"), times)
  if (probability !== undefined) Check.probability(call, fieldOf("probability"), probability)
  const begins = from === undefined ? 0 : Check.wait(call, fieldOf("from"), from)
  const ends = until === undefined ? Number.POSITIVE_INFINITY : Check.duration(call, fieldOf("until"), until)
  if (ends <= begins) throw Check.invalid(call, fieldOf("until"), `must be later than ${fieldOf("from")}`)
  if (seed !== undefined && !Predicate.isString(seed) && !Number.isFinite(seed)) {
    throw Check.unexpected(call, fieldOf("seed"), "a string or a finite number", seed)
  }
}

/** Requires a status that a final response can have. */
export const status = (call: string, field: string, input: unknown): void => Check.integer(call, field, input, 200, 599)

/** Requires the headers of a response. */
export const headers = (call: string, field: string, input: unknown): void => {
  if (!Predicate.isObject(input)) throw Check.unexpected(call, field, "an object of strings", input)
  for (const [name, value] of Object.entries(input)) {
    if (!Predicate.isString(value)) throw Check.unexpected(call, `${field}[${JSON.stringify(name)}]`, "a string", value)
  }
}

/** Requires the body of a response. */
export const body = (call: string, field: string, input: unknown): void => {
  if (!Predicate.isString(input)) throw Check.unexpected(call, field, "a string", input)
}

/** Requires a response. */
export const response = (
  call: string,
  field: string,
  input: { readonly status: number; readonly headers?: unknown; readonly body?: unknown }
): void => {
  Check.members(call, field, input, ["status", "headers", "body"])
  status(call, `${field}.status`, input.status)
  if (input.headers !== undefined) headers(call, `${field}.headers`, input.headers)
  if (input.body !== undefined) body(call, `${field}.body`, input.body)
}

/** A latency in milliseconds: between two bounds, or by its median and 99th percentile. */
export type LatencyMillis =
  | { readonly min: number; readonly max: number }
  | { readonly median: number; readonly p99: number }

/** Requires a latency. The bounds of a fixed one are equal. */
export const latency = (call: string, field: string, input: unknown): LatencyMillis => {
  if (Predicate.isObject(input) && ("min" in input || "max" in input)) {
    Check.members(call, field, input, ["min", "max"])
    const min = Check.wait(call, `${field}.min`, input["min"])
    const max = Check.wait(call, `${field}.max`, input["max"])
    if (max < min) throw Check.invalid(call, `${field}.max`, "must not be less than min")
    return { min, max }
  }
  if (Predicate.isObject(input) && ("median" in input || "p99" in input)) {
    Check.members(call, field, input, ["median", "p99"])
    const median = Check.wait(call, `${field}.median`, input["median"])
    const p99 = Check.wait(call, `${field}.p99`, input["p99"])
    if (median === 0) throw Check.invalid(call, `${field}.median`, "must be longer than zero")
    if (p99 < median) throw Check.invalid(call, `${field}.p99`, "must not be less than median")
    return { median, p99 }
  }
  const fixed = Check.wait(call, field, input)
  return { min: fixed, max: fixed }
}
