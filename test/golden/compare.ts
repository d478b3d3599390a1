/**
 * Compares a normalised answer with a recorded one.
 */
import type { RecordedResponse } from "./Scenario.ts"

/** One difference: where it is, what was recorded and what came. */
export interface Mismatch {
  /** A JSON pointer into the body, or `status` or `content type`. */
  readonly at: string
  readonly expected: unknown
  readonly got: unknown
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const differences = (expected: unknown, got: unknown, at: string, unordered: string | undefined): Array<Mismatch> => {
  if (expected === "$any") return []
  if (Array.isArray(expected) && Array.isArray(got) && expected.length === got.length) {
    return at === unordered
      ? multiset(expected, got, at)
      : expected.flatMap((item, i) => differences(item, got[i], `${at}/${i}`, unordered))
  }
  if (isRecord(expected) && isRecord(got)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(got)])].sort()
    return keys.flatMap((key) => differences(expected[key], got[key], `${at}/${key}`, unordered))
  }
  return Object.is(expected, got) ? [] : [{ at, expected, got }]
}

const multiset = (expected: ReadonlyArray<unknown>, got: ReadonlyArray<unknown>, at: string): Array<Mismatch> => {
  const left = [...got]
  const missing = expected.filter((item) => {
    const found = left.findIndex((candidate) => differences(item, candidate, at, undefined).length === 0)
    if (found >= 0) left.splice(found, 1)
    return found < 0
  })
  return missing.length === 0 ? [] : [{ at, expected: missing, got: left }]
}

/** The array without an order that a note names, as a JSON pointer. */
export const unorderedPointer = (note: string | undefined): string | undefined =>
  /^\[unordered:([^\]]*)\]/.exec(note ?? "")?.[1]

/** Whether the recorded and the given problem tell the same `detail`, word for word; `undefined` where none was kept. */
export const sameDetail = (expected: RecordedResponse, got: RecordedResponse): boolean | undefined => {
  if (expected.contentType !== "application/problem+json" || !isRecord(expected.body)) return undefined
  const { detail } = expected.body
  if (detail === undefined || detail === "$any") return undefined
  return isRecord(got.body) && got.body["detail"] === detail
}

// Of a problem, the wording of `detail` and the id of the request may differ; whether there is a detail may not.
const comparable = (response: RecordedResponse): unknown => {
  if (response.contentType !== "application/problem+json" || !isRecord(response.body)) return response.body
  const { detail, instance: _, ...rest } = response.body
  return detail === undefined ? rest : { ...rest, detail: "$detail" }
}

/** Every difference between a recorded and a given answer, both normalised. */
export const compare = (
  expected: RecordedResponse,
  got: RecordedResponse,
  unordered: string | undefined
): ReadonlyArray<Mismatch> => {
  const status = differences(expected.status, got.status, "status", undefined)
  // Another status brings another body: member by member the two have nothing to tell.
  if (status.length > 0) return [...status, { at: "", expected: expected.body, got: got.body }]
  return [
    ...differences(expected.contentType, got.contentType, "content type", undefined),
    ...differences(comparable(expected), comparable(got), "", unordered)
  ]
}
