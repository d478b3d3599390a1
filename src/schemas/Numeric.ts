/**
 * Amounts of money, as decimal strings to keep every digit.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"

/**
 * A decimal number in a response, as a string such as `"0.005"`. Never a `number`, which would round it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Numeric = Schema.String

/**
 * A decimal number, as a string such as `"0.005"`.
 *
 * @since 2.0.0
 * @category models
 */
export type Numeric = typeof Numeric.Type

/**
 * A decimal number in a request, as a string: digits with an optional sign and an optional fraction.
 *
 * @since 2.0.0
 * @category schemas
 */
export const NumericInput = Schema.String.check(
  Schema.makeFilter((value) => /^-?[0-9]+(\.[0-9]+)?$/.test(value), {
    expected: 'a decimal number as a string, such as "0.005"'
  })
)
