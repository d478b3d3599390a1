/**
 * Every handler of the emulator, by operation.
 */
import type { Handlers, Middleware } from "../http/router.ts"
import { access } from "./access.ts"
import { customers } from "./customers.ts"
import { entitlements } from "./entitlements.ts"
import { entitlementsV2 } from "./entitlementsV2.ts"
import { features } from "./features.ts"
import { grants } from "./grants.ts"
import { info } from "./info.ts"
import { subjects } from "./subjects.ts"

/** Every handler of the emulator. */
export const handlers: Handlers = {
  ...subjects,
  ...customers,
  ...features,
  ...info,
  ...entitlements,
  ...entitlementsV2,
  ...grants,
  ...access
}

/** What runs around every handler. */
export const middleware: Middleware = { before: () => undefined, after: (_, response) => response }
