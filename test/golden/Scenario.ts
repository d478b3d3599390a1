/**
 * The shape of a recording: scenarios of requests sent to a running server, with the answers it gave.
 */

/** A request as recorded; `${name}` stands for a captured value, `${uniq}` for any unique text. */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | ReadonlyArray<string | number>>>
  readonly headers?: Readonly<Record<string, string>>
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown
}

/** An answer as recorded, made comparable by the rules of `normalise.ts`. */
export interface RecordedResponse {
  readonly status: number
  readonly contentType?: string
  readonly body?: unknown
}

/** One request of a scenario. */
export interface Step {
  /** Begins with `[unordered:/pointer]` where that array of the answer has no order. */
  readonly note?: string
  /** The instant of the request. */
  readonly at: string
  readonly request: RecordedRequest
  readonly response: RecordedResponse
  /** JSON pointers into the answer, by the name under which later steps know the value. */
  readonly capture?: Readonly<Record<string, string>>
}

/** Steps that build on each other, on a server that nothing else touches. */
export interface Scenario {
  readonly name: string
  readonly about: string
  readonly start: string
  readonly steps: ReadonlyArray<Step>
}
