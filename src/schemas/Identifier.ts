/**
 * Identifiers of resources.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"

/**
 * A path parameter.
 *
 * An empty string, `.` and `..` are rejected, because the URL would lead to another resource, and so are lone
 * surrogates, which have no UTF-8 form.
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
 * A user-defined key of a resource: 1 to 64 lowercase letters, digits and single underscores between them.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Key = Schema.String.check(
  Schema.makeFilter((value) => value.length <= 64 && KEY.test(value), {
    expected: "1 to 64 lowercase letters and digits, with single underscores between them"
  })
)

/**
 * An id assigned by the server: a ULID, 26 characters.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Ulid = Schema.String.check(
  Schema.makeFilter((value) => ULID.test(value), { expected: "a ULID (26 characters)" })
)
