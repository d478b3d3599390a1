/**
 * The query of a request: name and value pairs in the order they were sent.
 */

/** The decoded pairs of a query string, in order; a name may repeat. */
export type Query = ReadonlyArray<readonly [name: string, value: string]>

const decode = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return undefined
  }
}

/** Reads a query string (without the `?`); a pair that cannot be decoded is left out, as the server does. */
export const parse = (search: string): Query =>
  search.split("&").flatMap((pair): Query => {
    // Semicolons used to separate pairs: the server drops a pair with one rather than guess.
    if (pair === "" || pair.includes(";")) return []
    const equals = pair.indexOf("=")
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = decode(equals < 0 ? "" : pair.slice(equals + 1))
    return name === undefined || value === undefined ? [] : [[name, value]]
  })

/** The first value of a name; later ones never count for a scalar parameter. */
export const first = (query: Query, name: string): string | undefined => query.find((pair) => pair[0] === name)?.[1]

/** Every value of a name, in order. */
export const all = (query: Query, name: string): ReadonlyArray<string> =>
  query.flatMap((pair) => (pair[0] === name ? [pair[1]] : []))
