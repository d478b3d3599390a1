/**
 * The attributes of an event beyond those that CloudEvents names.
 *
 * Without a schema, so that a program which only sends events carries none.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"

/** What a program may have meant by a name. */
const attributes = ["source", "specversion", "type", "subject", "time", "data", "datacontenttype", "dataschema"]
const synonyms: Readonly<Record<string, string>> = { timestamp: "time", customer: "subject", properties: "data" }

/** Whether a name is another one but for one letter too many, too few, or wrong, or two that are swapped. */
const isSlip = (name: string, meant: string): boolean => {
  let start = 0
  while (start < name.length && name[start] === meant[start]) start += 1
  const [rest, restMeant] = [name.slice(start), meant.slice(start)]
  return (
    rest.slice(1) === restMeant.slice(1) ||
    rest.slice(1) === restMeant ||
    rest === restMeant.slice(1) ||
    (rest.slice(2) === restMeant.slice(2) && rest[0] === restMeant[1] && rest[1] === restMeant[0])
  )
}

const meantBy = (name: string): string | undefined => {
  const lower = name.toLowerCase()
  return synonyms[lower] ?? attributes.find((attribute) => isSlip(lower, attribute))
}

/**
 * Says what is wrong with an attribute beyond those that CloudEvents names; `undefined` if it is an extension.
 *
 * The server takes every extension and keeps none: one that looks like a slip of the pen would be usage that is metered
 * wrongly, without a word.
 *
 * @internal
 */
export const extensionIssue = (name: string, value: unknown): string | undefined => {
  const meant = meantBy(name)
  if (meant !== undefined) return `is not an attribute of an event; did you mean ${meant}?`
  const isExtension =
    /^[a-z0-9]+$/i.test(name) &&
    (Predicate.isNullish(value) || Predicate.isString(value) || Predicate.isBoolean(value) || Number.isFinite(value))
  return isExtension
    ? undefined
    : "is neither an attribute of an event nor an extension, which is a string, a number or a boolean under a name of letters and digits"
}
