/**
 * Every handler of the emulator, by operation.
 */
import type { AllHandlers, Middleware } from "../http/router.ts"
import { cors } from "../portal/cors.ts"
import { access } from "./access.ts"
import { customers } from "./customers.ts"
import { entitlements } from "./entitlements.ts"
import { entitlementsV2 } from "./entitlementsV2.ts"
import { events } from "./events.ts"
import { features } from "./features.ts"
import { grants } from "./grants.ts"
import { info } from "./info.ts"
import { meters } from "./meters.ts"
import { portal } from "./portal.ts"
import { subjects } from "./subjects.ts"

/** Every handler of the emulator. */
export const handlers: AllHandlers = {
  ...subjects,
  ...customers,
  ...features,
  ...info,
  ...meters,
  ...events,
  ...portal,
  ...entitlements,
  ...entitlementsV2,
  ...grants,
  ...access
}

/** What runs around every handler. */
export const middleware: Middleware = cors
