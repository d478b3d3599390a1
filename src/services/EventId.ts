/**
 * Deterministic event ids.
 *
 * @since 2.0.0
 */
import * as Hex from "effect/encoding/Hex"
import { refused } from "../errors.ts"
import { sha256 } from "./eventId/sha256.ts"
import { ingestEvents } from "./Ingest.ts"

/**
 * Encodes the parts of a key unambiguously: different types and different boundaries between parts give different
 * strings.
 */
const encode = (parts: ReadonlyArray<string | number | bigint | boolean>): string =>
  JSON.stringify(parts.map((part) => [typeof part, String(part)]))

/**
 * Returns the id of an event, derived from the key by which the program identifies what happened: an invoice and its
 * line, a job and its step, a customer and an hour. The same parts give the same id, now and in every later version;
 * different parts give different ids.
 *
 * A retried job is then metered once, provided that no part depends on the attempt: the server drops an event whose id
 * and source it has already seen (within the last 32 days, unless its operator configures otherwise). Parts of
 * different types are different: `1` is not `"1"`.
 *
 * The id is a UUID version 8 (RFC 9562) from the first 128 bits of a SHA-256 digest.
 *
 * @param parts - at least one; numbers must be finite
 * @throws InvalidRequestError if there are no parts, or a part has another type
 *
 * @example
 * ```ts
 * import { eventIdFrom } from "@openmeter/sdk"
 *
 * const event = {
 *   id: eventIdFrom("invoice", 1042, "line", 3),
 *   type: "pages",
 *   subject: "customer-1",
 *   data: { pages: 12 }
 * }
 * ```
 *
 * @since 2.0.0
 * @category constructors
 */
export const eventIdFrom = (...parts: ReadonlyArray<string | number | bigint | boolean>): string => {
  if (parts.length === 0)
    throw refused(ingestEvents, "id", "must be derived from at least one part, or every event would get the same id")
  parts.forEach((part, i) => {
    const isPart = typeof part === "number" ? Number.isFinite(part) : /^(string|bigint|boolean)$/.test(typeof part)
    if (!isPart)
      throw refused(ingestEvents, `id.parts[${i}]`, "must be a string, a finite number, a bigint or a boolean")
  })
  const bytes = sha256(new TextEncoder().encode(encode(parts))).slice(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return Hex.encode(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}
