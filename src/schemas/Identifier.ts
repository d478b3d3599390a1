/**
 * The names by which resources are addressed.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"

/**
 * A value of a URL path.
 *
 * The empty text, `.` and `..` cannot be addressed: a URL would lead to another resource. Half of a surrogate pair has no
 * UTF-8 form.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PathParam = Schema.String.check(
  Schema.makeFilter((value) => value !== "" && value !== "." && value !== ".." && value.isWellFormed(), {
    expected: 'a non-empty string other than "." and "..", without lone surrogates'
  })
)

const KEY = /^[a-z0-9]+(?:_[a-z0-9]+)*$/
const ULID = /^[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}$/

/**
 * A key that a program gives to a resource: 1 to 64 lower-case letters, digits and single underscores between them.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Key = Schema.String.check(
  Schema.makeFilter((value) => value.length <= 64 && KEY.test(value), {
    expected: "1 to 64 lower-case letters and digits, with single underscores between them"
  })
)

/**
 * An id that the server gave to a resource: a ULID, 26 characters.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Ulid = Schema.String.check(
  Schema.makeFilter((value) => ULID.test(value), { expected: "a ULID (26 characters)" })
)
