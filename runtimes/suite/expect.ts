/**
 * The assertions of the suite, which has none of its runtime's.
 */

/** A value as text: dates and all, so that two that print alike are alike. */
const print = (value: unknown): string => JSON.stringify(value) ?? String(value)

/** Two values are the same data. */
export const equal = (what: string, actual: unknown, expected: unknown): void => {
  if (print(actual) !== print(expected)) throw new Error(`${what}: ${print(actual)}, not ${print(expected)}`)
}

/** A condition holds. */
export const holds = (what: string, condition: boolean): void => equal(what, condition, true)

/** A promise rejects with an error of a class; it is what comes back. */
export const rejects = async <E extends Error>(
  what: string,
  promise: PromiseLike<unknown>,
  type: abstract new (...args: never) => E
): Promise<E> => {
  let value: unknown
  try {
    value = await promise
  } catch (error) {
    if (error instanceof type) return error
    throw new Error(`${what}: rejects with another error than ${type.name}`, { cause: error })
  }
  throw new Error(`${what}: resolves with ${print(value)}`)
}
