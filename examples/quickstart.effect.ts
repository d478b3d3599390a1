/**
 * The quickstart in Effect style: `npm run quickstart:effect`.
 *
 * The program uses services, and a layer says what they run on: an in-process emulator without a socket, or the server
 * at OPENMETER_BASE_URL (with OPENMETER_API_KEY, if the server requires one).
 */
import { CustomerEntitlements, Customers, Events, Features, Meters, OpenMeter } from "@openmeter/sdk/effect"
import { Emulator } from "@openmeter/sdk/testing"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import { balanceReport, usageReport } from "./support/report.ts"
import { progress, type Terminal } from "./support/terminal.ts"
import { customers, endOf, lastMonth, readUsage, totalTokens } from "./support/usage.ts"

/** A meter, a feature, and customers. Resources that exist from an earlier run are kept. */
const setUp = Effect.gen(function* () {
  const meters = yield* Meters
  const features = yield* Features
  const { create: createCustomer } = yield* Customers

  // A meter aggregates events. This one sums a number in their data, and can be grouped by model.
  const meter = yield* meters
    .create({
      slug: "llm_tokens",
      name: "LLM tokens",
      eventType: "llm.completion",
      eventFrom: lastMonth(),
      aggregation: "SUM",
      valueProperty: "$.total_tokens",
      groupBy: { model: "$.model", provider: "$.provider" }
    })
    .pipe(Effect.catchTag("ConflictError", () => meters.get("llm_tokens")))

  // A feature is what customers get access to. A customer owns the subjects that its events name.
  yield* features
    .create({ key: "llm_tokens", name: "LLM tokens", meterSlug: meter.slug })
    .pipe(Effect.catchTag("ConflictError", () => Effect.void))
  yield* Effect.forEach(customers, ({ key, name }) =>
    createCustomer({ key, name, usageAttribution: { subjectKeys: [key] } }).pipe(
      Effect.catchTag("ConflictError", () => Effect.void)
    )
  )
  return meter
})

/** Sends the events in batches, several at a time. Each has an id, so the server recognizes those it already has. */
const send = Effect.fnUntraced(function* (start: Date, terminal: Terminal) {
  const { ingest } = yield* Events
  const events = yield* Effect.promise(() => readUsage(start))
  const show = progress(terminal, "events sent", events.length)
  yield* Stream.fromIterable(events).pipe(
    Stream.grouped(100),
    Stream.mapEffect((batch) => Effect.as(ingest(batch), batch.length), { concurrency: 4 }),
    Stream.scan(
      () => 0,
      (sent, size) => sent + size
    ),
    Stream.runForEach((sent) => Effect.sync(() => show(sent)))
  )
  return totalTokens(events)
})

const quickstart = Effect.fnUntraced(function* (terminal: Terminal) {
  const { query } = yield* Meters
  const print = (text: string) => Effect.sync(() => terminal.write(text))

  const meter = yield* setUp
  const start = meter.eventFrom ?? lastMonth()
  const month = { from: start, to: endOf(start) }
  const sent = yield* send(start, terminal)

  // Events show up in queries a moment after they were sent.
  yield* query(meter.slug, month).pipe(
    Effect.repeat({ until: ({ data }) => (data[0]?.value ?? 0) >= sent, schedule: Schedule.spaced("500 millis") }),
    Effect.timeout("1 minute")
  )

  // Query usage in different ways.
  const byDay = yield* query(meter.slug, { ...month, windowSize: "DAY", groupBy: ["model"] })
  const byCustomer = yield* query(meter.slug, { ...month, groupBy: ["subject"] })
  yield* print(usageReport({ start, byDay: byDay.data, byCustomer: byCustomer.data }))

  // An entitlement grants a customer an amount of a feature, and tracks what is left.
  const entitlements = yield* CustomerEntitlements
  const [customer] = customers
  yield* entitlements
    .create(customer.key, {
      type: "metered",
      featureKey: "llm_tokens",
      issue: { amount: 5_000_000 },
      usagePeriod: { interval: "YEAR", anchor: start },
      measureUsageFrom: start
    })
    .pipe(Effect.catchTag("ConflictError", () => Effect.void))
  yield* print(balanceReport(customer.name, yield* entitlements.value(customer.key, "llm_tokens")))
})

/** Every service, on an emulator that lives as long as the program. */
const layerEmulator = OpenMeter.layerWithoutHttpClient({ baseUrl: "http://emulator" }).pipe(
  Layer.provide(Emulator.layerHttpClient),
  Layer.provide(Emulator.layer)
)

/** Runs the quickstart, against a server or an emulator. */
export const main = Effect.fnUntraced(function* (terminal: Terminal) {
  const baseUrl = yield* Config.option(Config.NonEmptyString("OPENMETER_BASE_URL"))
  if (Option.isNone(baseUrl)) {
    terminal.write("OpenMeter emulator in process\n\n")
    return yield* Effect.provide(quickstart(terminal), layerEmulator)
  }
  terminal.write(`OpenMeter server at ${baseUrl.value}\n\n`)
  return yield* Effect.provide(quickstart(terminal), OpenMeter.layerConfig())
})

if (import.meta.main) await Effect.runPromise(main(process.stdout))
