/**
 * The operations that the faults strike: one of each kind of idempotency, with both faces of the SDK.
 */
import * as Effect from "effect/Effect"
import type { Idempotency } from "../../src/api/Idempotency.ts"
import type { OpenMeterError } from "../../src/errors.ts"
import type { OpenMeter } from "../../src/promise/OpenMeter.ts"
import { Ingest } from "../../src/services/Ingest.ts"
import { Meters } from "../../src/services/Meters.ts"
import { Portal } from "../../src/services/Portal.ts"
import { message } from "./replies.ts"
import type { Wire } from "./server.ts"

/** The services whose operations are struck. */
export type Services = Meters | Ingest | Portal

/** An operation: how it is called, what is answered when all is well, and what the caller makes of that. */
export interface Operation {
  /** What a second request does. */
  readonly kind: Idempotency
  readonly effect: Effect.Effect<unknown, OpenMeterError, Services>
  readonly promise: (openmeter: OpenMeter) => Promise<unknown>
  readonly ok: Wire
  readonly result: unknown
}

export const meter = {
  id: "01J00000000000000000000000",
  slug: "tokens_total",
  aggregation: "SUM",
  eventType: "prompt",
  valueProperty: "$.tokens",
  createdAt: "2025-06-01T00:00:00Z",
  updatedAt: "2025-06-01T00:00:00Z"
}
const meterCreate = {
  slug: "tokens_total",
  eventType: "prompt",
  aggregation: "SUM",
  valueProperty: "$.tokens"
} as const
const event = { type: "prompt", subject: "customer-1", data: { tokens: 42 } }
/** More than the buffers of two sockets hold. */
const manyEvents = Array.from({ length: 8 }, () => ({ ...event, data: { text: "x".repeat(1_000_000) } }))

const meterAnswer = message(200, "application/json", JSON.stringify(meter))
const noContent = message(204, "", "")

export const operations = {
  getMeter: {
    kind: "idempotent",
    effect: Meters.use((meters) => Effect.map(meters.get("tokens_total"), ({ slug }) => slug)),
    promise: (openmeter) => openmeter.meters.get("tokens_total").then(({ slug }) => slug),
    ok: meterAnswer,
    result: meter.slug
  },
  createMeter: {
    kind: "creating",
    effect: Meters.use((meters) => Effect.map(meters.create(meterCreate), ({ slug }) => slug)),
    promise: (openmeter) => openmeter.meters.create(meterCreate).then(({ slug }) => slug),
    ok: meterAnswer,
    result: meter.slug
  },
  ingestEvents: {
    kind: "deduplicated",
    effect: Ingest.use(({ ingest }) => Effect.as(ingest(event), "taken")),
    promise: (openmeter) => openmeter.events.ingest(event).then(() => "taken"),
    ok: noContent,
    result: "taken"
  },
  "ingestEvents, 8 MB": {
    kind: "deduplicated",
    effect: Ingest.use(({ ingest }) => Effect.as(ingest(manyEvents), "taken")),
    promise: (openmeter) => openmeter.events.ingest(manyEvents).then(() => "taken"),
    ok: noContent,
    result: "taken"
  },
  /** Declared as one that a server may have switched off. */
  listPortalTokens: {
    kind: "idempotent",
    effect: Portal.use((portal) => Effect.map(portal.listTokens(), (tokens) => tokens.length)),
    promise: (openmeter) => openmeter.portal.listTokens().then((tokens) => tokens.length),
    ok: message(200, "application/json", "[]"),
    result: 0
  }
} satisfies Readonly<Record<string, Operation>>

export type OperationName = keyof typeof operations
