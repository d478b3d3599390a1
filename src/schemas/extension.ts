/**
 * Extension attributes of events.
 *
 * Without a schema, so that a program that only sends events does not bundle schemas.
 *
 * @since 2.0.0
 */
import * as Predicate from "effect/Predicate"

/** Attributes that a name may be a typo of. */
const attributes = ["source", "specversion", "type", "subject", "time", "data", "datacontenttype", "dataschema"]
const synonyms: Readonly<Record<string, string>> = { timestamp: "time", customer: "subject", properties: "data" }

/**
 * Returns whether a name differs from another by a single typo: a letter too many, missing, or wrong, or two swapped.
 */
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
 * Returns what is wrong with an attribute that CloudEvents does not define, or `undefined` if it is a valid extension.
 *
 * The server accepts every extension and keeps none, so a misspelled attribute would silently lead to wrong usage.
 *
 * @internal
 */
export const extensionIssue = (name: string, value: unknown): string | undefined => {
  const meant = meantBy(name)
  if (meant !== undefined) return `is not an event attribute; did you mean ${meant}?`
  const isExtension =
    /^[a-z0-9]+$/i.test(name) &&
    (Predicate.isNullish(value) || Predicate.isString(value) || Predicate.isBoolean(value) || Number.isFinite(value))
  return isExtension
    ? undefined
    : "is neither an event attribute nor an extension, which must be a string, a number or a boolean under a name of letters and digits"
}
