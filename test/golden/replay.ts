/**
 * Replays recorded scenarios on a fresh emulator, with the clock at the instant of each step.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Emulator } from "../../src/emulator/Emulator.ts"
import type { Mismatch } from "./compare.ts"
import { compare, sameDetail, unorderedPointer } from "./compare.ts"
import { normaliser, pointer, substitute } from "./normalise.ts"
import type { RecordedRequest, RecordedResponse, Scenario, Step } from "./Scenario.ts"

/** What became of one step. */
export interface StepResult {
  readonly scenario: string
  /** The position of the step in its scenario, from 0. */
  readonly index: number
  readonly step: Step
  /** What the emulator answered, made comparable. */
  readonly got: RecordedResponse
  /** Empty when the emulator answered like the server. */
  readonly mismatches: ReadonlyArray<Mismatch>
  /** Whether `detail` is the same word for word; `undefined` where the recording keeps none. */
  readonly sameDetail: boolean | undefined
}

const queryString = (query: RecordedRequest["query"]): string =>
  Object.entries(query ?? {})
    .flatMap(([name, values]) => [values].flat().map((value) => [name, String(value)] as const))
    .map((pair) => pair.map(encodeURIComponent).join("="))
    .join("&")

const raw = (request: RecordedRequest) => {
  const query = queryString(request.query)
  const body = request.body
  const headers = body === undefined ? request.headers : { "content-type": "application/json", ...request.headers }
  return {
    method: request.method,
    url: request.path + (query === "" ? "" : `?${query}`),
    headers: headers ?? {},
    body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body)
  }
}

const decode = (response: { status: number; headers: Readonly<Record<string, string>>; body: string | undefined }) => {
  const contentType = response.headers["content-type"]
  const body =
    response.body !== undefined && contentType?.includes("json") === true ? JSON.parse(response.body) : response.body
  return {
    status: response.status,
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === undefined ? {} : { body: body as unknown })
  } satisfies RecordedResponse
}

/** Replays one scenario. `unique` takes the place of `${uniq}`. */
export const replay = Effect.fnUntraced(
  function* (scenario: Scenario, unique: string) {
    const emulator = yield* Emulator
    const normalise = normaliser()
    const variables: Record<string, unknown> = { uniq: unique }
    const results: Array<StepResult> = []
    for (const [index, step] of scenario.steps.entries()) {
      yield* TestClock.setTime(Date.parse(step.at))
      const response = decode(yield* emulator.handle(raw(substitute(step.request, variables))))
      for (const [name, at] of Object.entries(step.capture ?? {})) variables[name] = pointer(response.body, at)
      const got = { ...response, ...("body" in response ? { body: normalise(response.body, variables) } : {}) }
      results.push({
        scenario: scenario.name,
        index,
        step,
        got,
        mismatches: compare(step.response, got, unorderedPointer(step.note)),
        sameDetail: sameDetail(step.response, got)
      })
    }
    return results
  },
  Effect.provide(Layer.fresh(Layer.mergeAll(Emulator.layer, TestClock.layer())))
)
