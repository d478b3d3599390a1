/**
 * A request and its outcome, independent of the transport: an in-process HTTP client or a socket.
 */
import type * as Effect from "effect/Effect"
import type { WireResponse } from "./Handler.ts"
import type { RawRequest } from "./router.ts"
import type { Operation } from "./routes.ts"

/** A request on its way to the handlers. */
export interface Attempt {
  readonly request: RawRequest
  /** The operation that it stands for, if any. */
  readonly operation: Operation | undefined
  /** How far the server's clock is ahead of the program's, in milliseconds. */
  readonly skew: number
  /** Whether events are lost after they were accepted. */
  readonly losesEvents: boolean
}

/** The outcome of a request: a response, one that breaks off after some bytes of its body, or a broken connection. */
export type Outcome =
  | { readonly _tag: "Answered"; readonly response: WireResponse }
  | { readonly _tag: "CutOff"; readonly response: WireResponse; readonly bytes: number }
  | { readonly _tag: "Reset" }

/** Carries out a request. If it never ends, the request hangs. */
export type Exchange = (attempt: Attempt) => Effect.Effect<Outcome>
