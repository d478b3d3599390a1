/**
 * Every handler of the emulator, by operation.
 */
import type { Handlers, Middleware } from "../http/router.ts"
import { customers } from "./customers.ts"
import { features } from "./features.ts"
import { info } from "./info.ts"
import { subjects } from "./subjects.ts"

/** Every handler of the emulator. */
export const handlers: Handlers = { ...subjects, ...customers, ...features, ...info }

/** What runs around every handler. */
export const middleware: Middleware = { before: () => undefined, after: (_, response) => response }
