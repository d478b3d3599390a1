/**
 * Seeds: what an emulator holds from the start, as request bodies.
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Check from "./check.ts"
import type { WireResponse } from "./http/Handler.ts"
import type { RawRequest } from "./http/router.ts"

/**
 * A JSON object, such as the body of a request.
 *
 * @since 2.0.0
 * @category models
 */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * What to create in an emulator, in this order. Every entry is the body of the request that would create it.
 *
 * @example
 * ```ts
 * import type { Seed } from "@openmeter/sdk/testing"
 *
 * const seed: Seed = {
 *   meters: [{ slug: "tokens", eventType: "prompt", aggregation: "SUM", valueProperty: "$.tokens" }],
 *   features: [{ key: "tokens", name: "Tokens", meterSlug: "tokens" }],
 *   customers: [{ key: "acme", name: "ACME", usageAttribution: { subjectKeys: ["acme"] } }],
 *   entitlements: [
 *     { customer: "acme", type: "metered", featureKey: "tokens", usagePeriod: { interval: "MONTH" }, issue: { amount: 1000 } }
 *   ],
 *   events: [{ type: "prompt", subject: "acme", data: { tokens: 12 } }]
 * }
 * ```
 *
 * @since 2.0.0
 * @category models
 */
export interface Seed {
  /** The bodies of `POST /api/v1/meters`. */
  readonly meters?: ReadonlyArray<JsonObject> | undefined
  /** The bodies of `POST /api/v1/features`. */
  readonly features?: ReadonlyArray<JsonObject> | undefined
  /** The members of `POST /api/v1/subjects`. */
  readonly subjects?: ReadonlyArray<JsonObject> | undefined
  /** The bodies of `POST /api/v1/customers`. */
  readonly customers?: ReadonlyArray<JsonObject> | undefined
  /** The bodies of `POST /api/v2/customers/{customer}/entitlements`, each with its `customer`, by id or key. */
  readonly entitlements?: ReadonlyArray<JsonObject & { readonly customer: string }> | undefined
  /** CloudEvents; `specversion`, `id` and `source` may be omitted. */
  readonly events?: ReadonlyArray<JsonObject> | undefined
}

/**
 * The emulator refused an entry of a seed, or the seed is malformed. Nothing of the seed is kept.
 *
 * @example
 * ```ts
 * import { Effect } from "effect"
 * import { Emulator, SeedError } from "@openmeter/sdk/testing"
 *
 * const seeded = Effect.flatMap(Emulator, (emulator) => emulator.seed({ meters: [{ slug: "no aggregation" }] })).pipe(
 *   Effect.catchTag("SeedError", ({ detail, entry }: SeedError) => Effect.logError(`${entry} was refused: ${detail}`))
 * )
 * ```
 *
 * @since 2.0.0
 * @category errors
 */
export class SeedError extends Data.TaggedError("SeedError")<{
  /** The entry, such as `meters[0]`, or else the section, such as `meters`, or `seed`. */
  readonly entry: string
  /** Why it was refused. */
  readonly detail: string
}> {
  /** The entry, and what is wrong with it, in one line. */
  override get message(): string {
    return `${this.entry} ${this.detail}`
  }
}

interface Entry {
  readonly name: string
  readonly request: () => RawRequest
}

const post = (url: string, body: unknown, contentType = "application/json"): RawRequest => ({
  method: "POST",
  url,
  headers: { "content-type": contentType },
  body: JSON.stringify(body)
})

// A seed may hold values that cannot be serialized.
const written = (name: string, request: () => RawRequest): Effect.Effect<RawRequest, SeedError> =>
  Effect.try({
    try: request,
    catch: (cause) => new SeedError({ entry: name, detail: `cannot be written as JSON: ${Check.messageOf(cause)}` })
  })

const entries = (seed: Seed, held: number): ReadonlyArray<Entry> => {
  const each = <A>(name: keyof Seed, items: ReadonlyArray<A> = [], request: (item: A, index: number) => RawRequest) =>
    items.map((item, i): Entry => ({ name: `${name}[${i}]`, request: () => request(item, i) }))
  return [
    ...each("meters", seed.meters, (body) => post("/api/v1/meters", body)),
    ...each("features", seed.features, (body) => post("/api/v1/features", body)),
    ...each("subjects", seed.subjects, (body) => post("/api/v1/subjects", [body])),
    ...each("customers", seed.customers, (body) => post("/api/v1/customers", body)),
    ...each("entitlements", seed.entitlements, ({ customer, ...body }) =>
      post(`/api/v2/customers/${encodeURIComponent(customer)}/entitlements`, body)
    ),
    ...each("events", seed.events, (event, i) =>
      post(
        "/api/v1/events",
        { specversion: "1.0", id: `seed-${held + i}`, source: "seed", ...event },
        "application/cloudevents+json"
      )
    )
  ]
}

const sections = ["meters", "features", "subjects", "customers", "entitlements", "events"]

const entryFault = (entry: string, item: unknown): SeedError | undefined => {
  if (!Predicate.isObject(item)) return new SeedError({ entry, detail: "must be an object" })
  if (entry.startsWith("entitlements") && (!Predicate.isString(item["customer"]) || item["customer"] === "")) {
    return new SeedError({ entry, detail: "must name its customer, by id or key, in customer" })
  }
  return undefined
}

const sectionFault = (entry: string, list: unknown): SeedError | undefined => {
  if (!sections.includes(entry)) return new SeedError({ entry, detail: Check.unknown(entry, "section", sections) })
  if (list === undefined) return undefined
  if (!Array.isArray(list)) return new SeedError({ entry, detail: "must be an array" })
  for (const [i, item] of list.entries()) {
    const fault = entryFault(`${entry}[${i}]`, item)
    if (fault !== undefined) return fault
  }
  return undefined
}

const faultOf = (seed: unknown): SeedError | undefined => {
  if (!Predicate.isObject(seed)) {
    return new SeedError({ entry: "seed", detail: `must be an object of ${sections.join(", ")}` })
  }
  for (const [entry, list] of Object.entries(seed)) {
    const fault = sectionFault(entry, list)
    if (fault !== undefined) return fault
  }
  return undefined
}

// Every refusal is a problem, but not every problem has a detail.
const refusal = ({ body, status }: WireResponse): string =>
  `was refused with ${status}: ${body === undefined ? "" : (JSON.parse(body).detail ?? JSON.parse(body).title)}`

/**
 * Plants a seed, request by request, until one is refused. Events without an id are numbered from `held`, the number of
 * events that are there already, so that none is a duplicate of an earlier seed's.
 */
export const plant = Effect.fnUntraced(function* (
  seed: Seed,
  held: number,
  handle: (request: RawRequest) => Effect.Effect<WireResponse>
): Effect.fn.Return<void, SeedError> {
  const fault = faultOf(seed)
  if (fault !== undefined) return yield* fault
  for (const { name, request } of entries(seed, held)) {
    const response = yield* handle(yield* written(name, request))
    if (response.status >= 300) return yield* new SeedError({ entry: name, detail: refusal(response) })
  }
})
