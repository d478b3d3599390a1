/**
 * JSON paths in the dialect of the server's store: `$.a.b`, `$["a b"]`, `$.list[0]`, `$.list[1 to 3, 5]`, `$.list[*]`.
 */
import type { Json } from "./EventLog.ts"

/** One step of a path. */
export type Step =
  | { readonly _tag: "Member"; readonly name: string }
  | { readonly _tag: "Elements"; readonly ranges: ReadonlyArray<readonly [start: number, end: number]> }
  | { readonly _tag: "EveryElement" }

/** A path, as the steps from the root. */
export type JsonPath = ReadonlyArray<Step>

const space = String.raw`\s*`
const quotedBy = (quote: string): string => String.raw`${quote}(?:[^${quote}\\]|\\.|${quote}${quote})*${quote}`
const [single, double, backtick] = ["'", '"', "`"].map(quotedBy)
const range = String.raw`\d+(?:\s+to\s+\d+)?`

const patterns = {
  root: new RegExp(String.raw`${space}\$(?!\w)${space}`, "uy"),
  // A member may begin with a digit, but is a plain word otherwise; all else must be quoted.
  bare: new RegExp(String.raw`\.${space}([A-Za-z0-9_][\w$]*)${space}`, "uy"),
  quotedMember: new RegExp(String.raw`\.${space}(${double}|${backtick})${space}`, "uy"),
  bracket: new RegExp(String.raw`\[${space}(${single}|${double}|${backtick})${space}\]${space}`, "uy"),
  every: new RegExp(String.raw`\[${space}\*${space}\]${space}`, "uy"),
  elements: new RegExp(String.raw`\[${space}(${range}(?:${space},${space}${range})*)${space}\]${space}`, "iuy")
}

// Inside quotes a backslash takes any character as it is, and two quotes stand for one.
const unquote = (quoted: string): string => {
  const quote = quoted.charAt(0)
  return quoted
    .slice(1, -1)
    .replaceAll(
      /\\(.)|(['"`])\2/gsu,
      (pair: string, escaped?: string, doubled?: string) => escaped ?? (doubled === quote ? quote : pair)
    )
}

const ranges = (text: string): ReadonlyArray<readonly [number, number]> =>
  text.split(",").map((part) => {
    const [start = 0, end] = part.split(/to/iu).map(Number)
    return [start, end ?? start + 1]
  })

/** Parses a path; `undefined` if it is invalid. */
export const parse = (text: string): JsonPath | undefined => {
  let position = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position
    const match = pattern.exec(text)
    if (match !== null) position = pattern.lastIndex
    return match
  }
  const step = (): Step | undefined => {
    const bare = take(patterns.bare)
    if (bare !== null) return { _tag: "Member", name: bare[1] ?? "" }
    const member = take(patterns.quotedMember) ?? take(patterns.bracket)
    if (member !== null) return { _tag: "Member", name: unquote(member[1] ?? "") }
    if (take(patterns.every) !== null) return { _tag: "EveryElement" }
    const elements = take(patterns.elements)
    return elements === null ? undefined : { _tag: "Elements", ranges: ranges(elements[1] ?? "") }
  }
  if (take(patterns.root) === null) return undefined
  const steps: Array<Step> = []
  while (position < text.length) {
    const next = step()
    if (next === undefined) return undefined
    steps.push(next)
  }
  return steps
}

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const children = (step: Step, value: Json): ReadonlyArray<Json> => {
  if (step._tag === "Member") {
    const member = isObject(value) && Object.hasOwn(value, step.name) ? value[step.name] : undefined
    return member === undefined ? [] : [member]
  }
  if (!Array.isArray(value)) return []
  return step._tag === "EveryElement" ? value : step.ranges.flatMap(([start, end]) => value.slice(start, end))
}

/** Every value that a path leads to, in order. */
export const select = (path: JsonPath, data: Json): ReadonlyArray<Json> =>
  path.reduce<ReadonlyArray<Json>>((values, step) => values.flatMap((value) => children(step, value)), [data])

/** Whether a path can lead to more than one value. */
export const isMultiple = (path: JsonPath): boolean =>
  path.some(
    (step) =>
      step._tag === "EveryElement" ||
      (step._tag === "Elements" && (step.ranges.length > 1 || step.ranges.some(([start, end]) => end - start > 1)))
  )

const firstScalar = (path: JsonPath, value: Json, depth: number): string | undefined => {
  const step = path[depth]
  if (step === undefined) return typeof value === "object" && value !== null ? undefined : String(value)
  for (const child of children(step, value)) {
    const found = firstScalar(path, child, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * The text of the first value at a path that is neither an array nor an object: a string as it is, a number, a boolean
 * or null as its JSON text. Without such a value the text is empty.
 */
export const text = (path: JsonPath, data: Json | undefined): string =>
  (data === undefined ? undefined : firstScalar(path, data, 0)) ?? ""
