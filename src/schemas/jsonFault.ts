/**
 * Detection of values that JSON cannot express.
 *
 * Without a schema, so that a program that only sends events does not bundle schemas.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"

/**
 * A value that JSON cannot express, with its location.
 *
 * @since 2.0.0
 * @category models
 */
export interface JsonFault {
  readonly path: ReadonlyArray<PropertyKey>
  readonly issue: string
}

/**
 * Returns whether an object is a plain object, not an instance of a class.
 *
 * @internal
 */
export const isPlain = (value: object): boolean => {
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** Maximum nesting depth, far below what exhausts the call stack, here and on the server. */
const MAX_DEPTH = 1000

/**
 * Finds the first value within an object that JSON cannot express: a BigInt, NaN, Infinity, a function, a symbol, an
 * invalid Date, a cycle, an instance of a class without `toJSON`, a field whose getter throws, or nesting that is too
 * deep.
 *
 * @since 2.0.0
 * @category combinators
 */
export const findJsonFault = (object: object): JsonFault | undefined => {
  const ancestors: Array<object> = []
  const path: Array<PropertyKey> = []
  const fault = (issue: string): JsonFault => ({ path: [...path], issue })
  const visit = (current: unknown): JsonFault | undefined => {
    switch (typeof current) {
      case "string":
      case "boolean":
        return undefined
      case "number":
        return Number.isFinite(current) ? undefined : fault(`${current} is not a JSON number`)
      case "bigint":
        return fault("a BigInt is not JSON: convert it to a number or a string")
      case "object":
        return current === null ? undefined : visitObject(current)
      default:
        return fault(`${typeof current === "undefined" ? "undefined" : `a ${typeof current}`} is not JSON`)
    }
  }
  const visitObject = (current: object): JsonFault | undefined => {
    if (Predicate.isDate(current)) return Number.isNaN(current.getTime()) ? fault("the Date is invalid") : undefined
    if (Predicate.hasProperty(current, "toJSON") && Predicate.isFunction(current.toJSON)) {
      const json: unknown = current.toJSON(String(path.at(-1)))
      return json === undefined
        ? undefined
        : json !== null && typeof json === "object"
          ? visitMembers(json)
          : visit(json)
    }
    return Array.isArray(current) || isPlain(current)
      ? visitMembers(current)
      : fault(`an instance of ${current.constructor?.name ?? "a class"} is not JSON`)
  }
  const visitMembers = (current: object): JsonFault | undefined => {
    if (ancestors.includes(current)) return fault("the value contains itself")
    if (ancestors.length === MAX_DEPTH) {
      return { path: path.slice(0, 1), issue: `the value is nested more than ${MAX_DEPTH} levels deep` }
    }
    ancestors.push(current)
    for (const [key, member] of Array.isArray(current) ? current.entries() : Object.entries(current)) {
      if (member === undefined && !Array.isArray(current)) continue
      path.push(key)
      const found = visit(member)
      if (found !== undefined) return found
      path.pop()
    }
    ancestors.pop()
    return undefined
  }
  try {
    return visitMembers(object)
  } catch (error) {
    return fault(`cannot be read: ${error instanceof Error ? error.message : "a getter or toJSON threw"}`)
  }
}
