/**
 * Every handler of the emulator, by operation.
 */
import type { Handlers, Middleware } from "../http/router.ts"
import { subjects } from "./subjects.ts"

/** Every handler of the emulator. */
export const handlers: Handlers = { ...subjects }

/** What runs around every handler. */
export const middleware: Middleware = { before: () => undefined, after: (_, response) => response }
