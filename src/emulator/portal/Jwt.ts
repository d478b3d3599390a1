/**
 * The tokens of the portal: JSON Web Tokens, signed with HMAC-SHA-256.
 */
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import { hmac } from "./sha256.ts"

/** The claims of a token. Times are epoch seconds. */
export interface Claims {
  readonly iss: string
  readonly sub: string
  readonly iat: number
  readonly exp: number
  readonly Namespace: string
  readonly Id: string
  /** The meters that may be queried; all if empty. */
  readonly AllowedMeterSlugs: ReadonlyArray<string>
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

// Tokens have to outlive the process in snapshots, and there is nothing to protect.
const secret = bytes("openmeter-emulator")

const signatureOf = (content: string): string => Base64Url.encode(hmac(secret, bytes(content)))

const header = Base64Url.encode(JSON.stringify({ alg: "HS256", typ: "JWT" }))

/** A token of the given claims. */
export const sign = (claims: Claims): string => {
  const content = `${header}.${Base64Url.encode(JSON.stringify(claims))}`
  return `${content}.${signatureOf(content)}`
}

const malformed = (why: string): string => `token is malformed: ${why}`

const segment = <A>(name: string, text: string): Result.Result<A, string> =>
  Result.flatMap(
    Result.mapError(Base64Url.decodeString(text), () => malformed(`could not base64 decode ${name}`)),
    (json) =>
      Result.try({
        try: (): A => JSON.parse(json),
        catch: () => malformed(`could not JSON decode ${name}`)
      })
  )

// Without the signature check nothing is known of the other algorithms, but that the server knows their names.
const methods = /^(?:none|(?:HS|RS|ES|PS)(?:256|384|512)|EdDSA)$/

const methodFault = (alg: unknown): string | undefined => {
  if (alg === "HS256") return undefined
  return methods.test(String(alg))
    ? `token signature is invalid: signing method ${String(alg)} is invalid`
    : "token is unverifiable: signing method (alg) is unavailable"
}

/** The claims of a token that is valid at an instant (epoch milliseconds), or why it is not. */
export const verify = (token: string, now: number): Result.Result<Claims, string> =>
  Result.gen(function* () {
    const segments = token.split(".")
    const [head = "", payload = "", signature = ""] = segments
    if (segments.length !== 3) {
      return yield* Result.fail(malformed("token contains an invalid number of segments"))
    }
    const { alg } = (yield* segment<{ readonly alg?: unknown } | null>("header", head)) ?? {}
    const claims = yield* segment<Claims>("claim", payload)
    const fault = methodFault(alg)
    if (fault !== undefined) return yield* Result.fail(fault)
    if (signature !== signatureOf(`${head}.${payload}`)) {
      return yield* Result.fail("token signature is invalid: signature is invalid")
    }
    if (now >= claims.exp * 1000) return yield* Result.fail("token has invalid claims: token is expired")
    return claims
  })
