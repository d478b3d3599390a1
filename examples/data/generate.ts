/**
 * Writes `llm-usage.jsonl`: a month of LLM calls of five customers, as CloudEvents, identical on every machine.
 *
 * Calls follow the working hours of each customer, grow through the month, and thin out at night and at weekends.
 * Prompts are mostly short and occasionally very long; the duration of a completion depends on its model.
 *
 * Run: `node examples/data/generate.ts`
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { writeFile } from "node:fs/promises"
import { file, month } from "../support/usage.ts"

const hour = 60 * 60 * 1000

interface Model {
  readonly name: string
  readonly provider: string
  /** Tokens of a typical completion. */
  readonly completion: number
  /** Tokens per second. */
  readonly speed: number
}

const large: Model = { name: "gpt-4o", provider: "openai", completion: 320, speed: 75 }
const small: Model = { name: "gpt-4o-mini", provider: "openai", completion: 180, speed: 120 }
const writer: Model = { name: "claude-sonnet-4", provider: "anthropic", completion: 520, speed: 60 }
const open: Model = { name: "mistral-small", provider: "mistral", completion: 210, speed: 140 }

interface Traffic {
  /** The key of the customer. */
  readonly subject: string
  /** Calls in a busy hour. */
  readonly calls: number
  /** Calls on a weekend day, as a share of a weekday's. */
  readonly weekend: number
  /** Offset of the customer's clock from UTC, in hours. */
  readonly offset: number
  /** Tokens of a typical prompt. */
  readonly prompt: number
  /** The model that most calls go to, the one that the others go to, and the share of the first. */
  readonly usual: Model
  readonly other: Model
  readonly share: number
}

const traffic: ReadonlyArray<Traffic> = [
  // Contracts: long prompts, in office hours alone.
  {
    subject: "harbor-legal",
    calls: 2.4,
    weekend: 0.04,
    offset: -4,
    prompt: 5200,
    usual: writer,
    other: large,
    share: 0.75
  },
  // Machines, which know no weekend.
  {
    subject: "kestrel-robotics",
    calls: 4.2,
    weekend: 0.8,
    offset: 2,
    prompt: 900,
    usual: open,
    other: small,
    share: 0.7
  },
  { subject: "mosaic-health", calls: 4, weekend: 0.3, offset: 1, prompt: 1700, usual: large, other: small, share: 0.6 },
  {
    subject: "pinebrook-media",
    calls: 2,
    weekend: 0.5,
    offset: -7,
    prompt: 1200,
    usual: writer,
    other: small,
    share: 0.5
  },
  { subject: "quill-studio", calls: 1.1, weekend: 0.15, offset: 9, prompt: 700, usual: small, other: large, share: 0.8 }
]

/** How busy an hour of the day is, against the busiest. */
const rhythm = [
  0.02, 0.01, 0.01, 0.01, 0.01, 0.03, 0.1, 0.3, 0.65, 0.95, 1, 0.9, 0.6, 0.75, 0.95, 1, 0.85, 0.6, 0.35, 0.2, 0.15, 0.1,
  0.06, 0.03
]

/** The calls to expect of a customer in an hour of the month. */
const expected = ({ calls, offset, weekend }: Traffic, index: number): number => {
  const local = new Date(month.start + (index + offset) * hour)
  const isWeekend = local.getUTCDay() === 0 || local.getUTCDay() === 6
  const growth = 0.85 + (0.3 * index) / (month.days * 24)
  return calls * (rhythm[local.getUTCHours()] ?? 0) * (isWeekend ? weekend : 1) * growth
}

/** A number around a median: mostly within half and twice of it, seldom near a tenth or ten times of it. */
const around = (median: number): Effect.Effect<number> =>
  Effect.map(Effect.all([Random.next, Random.next, Random.next]), ([a, b, c]) =>
    Math.max(1, Math.round(median * 10 ** ((a + b + c - 1.5) / 1.5)))
  )

/** One call of the hour that begins at an instant. */
const call = Effect.fnUntraced(function* (customer: Traffic, from: number) {
  const time = from + (yield* Random.nextIntBetween(0, 3600, { halfOpen: true })) * 1000
  const model = (yield* Random.next) < customer.share ? customer.usual : customer.other
  const promptTokens = yield* around(customer.prompt)
  const completionTokens = yield* around(model.completion)
  const wait = yield* around(350)
  return {
    subject: customer.subject,
    time: new Date(time).toISOString().replace(".000Z", "Z"),
    data: {
      model: model.name,
      provider: model.provider,
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      duration_ms: wait + Math.round((1000 * completionTokens) / model.speed)
    }
  }
})

const hours = Effect.forEach(traffic, (customer) =>
  Effect.forEach(
    Array.from({ length: month.days * 24 }, (_, index) => index),
    Effect.fnUntraced(function* (index) {
      // The fraction is a chance: of ten hours with 0.3 calls to expect, three have one.
      const count = Math.floor(expected(customer, index) + (yield* Random.next))
      return yield* Effect.replicateEffect(call(customer, month.start + index * hour), count)
    })
  )
)

/** The events of the month, oldest first. Their ids are fixed, so that sending them again counts nothing twice. */
export const events = hours.pipe(
  Effect.map((calls) =>
    calls
      .flat(2)
      .sort((a, b) => a.time.localeCompare(b.time, "en") || a.subject.localeCompare(b.subject, "en"))
      .map(({ data, subject, time }, index) => ({
        specversion: "1.0",
        id: `llm-2026-06-${String(index + 1).padStart(4, "0")}`,
        source: "llm-gateway",
        type: "llm.completion",
        subject,
        time,
        data
      }))
  ),
  Random.withSeed("llm-usage")
)

/** The text of the file: one event a line. */
export const text = Effect.map(events, (events) => events.map((event) => `${JSON.stringify(event)}\n`).join(""))

if (import.meta.main) await writeFile(file, await Effect.runPromise(text))
