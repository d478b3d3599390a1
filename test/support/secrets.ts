/**
 * Secrets, and every way in which one may come to light.
 */
import * as Cause from "effect/Cause"
import { assert } from "@effect/vitest"
import { inspect } from "node:util"

/** What a client is given in confidence, and what a server answers in it. */
export const secrets = {
  apiKey: "om_api_key_51423",
  password: "hunter2-pässword",
  header: "tenant-secret-7788",
  callHeader: "call-secret-9911",
  portalToken: "om_portal_token_3141",
  answered: "om_answered_token_2718"
}

const forbidden = [
  ...Object.values(secrets),
  Buffer.from(`user:${secrets.password}`).toString("base64"),
  encodeURIComponent(secrets.password)
]

/** Fails when a text holds a secret. */
export const assertHidden = (texts: ReadonlyArray<string>) => {
  for (const text of texts) for (const secret of forbidden) assert.notInclude(text, secret)
}

/** Every text that an object holds, however deep and hidden. */
const textsWithin = (root: unknown): ReadonlyArray<string> => {
  const texts: Array<string> = []
  const seen = new Set<unknown>()
  const queue = [root]
  while (queue.length > 0) {
    const value = queue.pop()
    if (typeof value === "string") texts.push(value)
    if (typeof value !== "object" || value === null || seen.has(value)) continue
    seen.add(value)
    if (value instanceof Map || value instanceof Set) queue.push(...[...value].flat())
    for (const key of Reflect.ownKeys(value)) queue.push(Object.getOwnPropertyDescriptor(value, key)?.value)
  }
  return texts
}

/** Every way in which a program, a logger or a person may come to see an error. */
export const renderings = (error: unknown, cause: Cause.Cause<unknown> = Cause.fail(error)): ReadonlyArray<string> => {
  const all = [String(error), JSON.stringify(error), inspect(error, { depth: Infinity, showHidden: true })]
  all.push(JSON.stringify(cause), inspect(cause, { depth: Infinity }), Cause.pretty(cause))
  for (let current = error; current instanceof Error; current = current.cause) {
    all.push(current.message, current.stack ?? "", JSON.stringify({ ...current }), ...textsWithin(current))
  }
  return all
}
