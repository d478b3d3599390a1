import { Faults, startEmulator } from "@openmeter/sdk/testing"
import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { main as runEffect } from "../../examples/quickstart.effect.ts"
import { main as runPromise } from "../../examples/quickstart.ts"
import type { Terminal } from "../../examples/support/terminal.ts"
import { customers, lastMonth, readUsage, type UsageEvent } from "../../examples/support/usage.ts"

const quickstarts: ReadonlyArray<
  readonly [name: string, run: (terminal: Terminal, baseUrl?: string) => Promise<void>]
> = [
  ["quickstart.ts", (terminal, baseUrl) => runPromise(terminal, baseUrl === undefined ? undefined : { baseUrl })],
  [
    "quickstart.effect.ts",
    (terminal, baseUrl) =>
      Effect.runPromise(
        Effect.provide(
          runEffect(terminal),
          ConfigProvider.layer(ConfigProvider.fromUnknown(baseUrl === undefined ? {} : { OPENMETER_BASE_URL: baseUrl }))
        )
      )
  ]
]

const printed = async (run: (terminal: Terminal) => Promise<void>): Promise<string> => {
  let text = ""
  await run({
    write: (part) => {
      text += part
    }
  })
  return text
}

const events = await readUsage(lastMonth())

const sum = (events: ReadonlyArray<UsageEvent>): number => events.reduce((sum, { data }) => sum + data.total_tokens, 0)

const sums = (key: (event: UsageEvent) => string): Record<string, number> => {
  const groups: Record<string, Array<UsageEvent>> = {}
  for (const event of events) (groups[key(event)] ??= []).push(event)
  return Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, sum(group)]))
}

const number = (text: string): number => Number(text.replaceAll(",", ""))

/** The rows of the printed tables: a name and a number. */
const rows = (text: string): Record<string, number> =>
  Object.fromEntries(
    [...text.matchAll(/^ {2}(\w[\w .-]*?) {2,}([\d,]+)(?= |$)/gm)].map(([, name, n]) => [name, number(n!)])
  )

const named = (key: string): string => customers.find((customer) => customer.key === key)!.name

const expectedRows = {
  ...sums(({ data }) => data.model),
  ...sums(({ subject }) => named(subject)),
  Total: sum(events)
}

describe.each(quickstarts)("%s", (_, run) => {
  it("prints the sums of the file, by model and by customer", async () => {
    const text = await printed(run)
    assert.deepStrictEqual(rows(text), expectedRows)
  })

  it("sends the whole file, and says how far it is", async () => {
    await using emulator = await startEmulator()
    const text = await printed((terminal) => run(terminal, emulator.url))
    assert.strictEqual((await emulator.events()).length, events.length)
    assert.include(
      text,
      `\n${events.length.toLocaleString("en-US")} of ${events.length.toLocaleString("en-US")} events sent\n`
    )
  })

  it("prints what the customer has used of the entitlement, and what is left", async () => {
    const used = sum(events.filter(({ subject }) => subject === "harbor-legal"))
    const [, granted, printedUsed, left] =
      /Harbor Legal has ([\d,]+) tokens a year\n\n {2}[█░]{40} {2}([\d,]+) used, ([\d,]+) left/.exec(
        await printed(run)
      )!
    assert.strictEqual(number(printedUsed!), used)
    assert.strictEqual(number(left!), number(granted!) - used)
  })

  it("runs twice in a row against a server, and counts nothing twice", async () => {
    await using emulator = await startEmulator()
    const first = await printed((terminal) => run(terminal, emulator.url))
    assert.strictEqual(await printed((terminal) => run(terminal, emulator.url)), first)
    assert.strictEqual((await emulator.events()).length, events.length)
  })

  it("waits until the events are visible to queries", async () => {
    await using emulator = await startEmulator()
    await emulator.inject(Faults.once("queryMeter", Faults.replaceBody(`{"data":[]}`, "application/json")))
    const text = await printed((terminal) => run(terminal, emulator.url))
    assert.deepStrictEqual(rows(text), expectedRows)
  })
})

describe("lastMonth", () => {
  it("is over, by less than a week, and begins on a Monday, at any time", () => {
    const day = 24 * 60 * 60 * 1000
    const begin = Date.UTC(2024, 0, 1)
    for (let now = begin; now < begin + 3000 * day; now += 7.3 * 60 * 60 * 1000) {
      const start = lastMonth(now)
      const ago = now - start.getTime()
      assert.isTrue(ago >= 30 * day && ago < 37 * day, new Date(now).toISOString())
      assert.strictEqual(start.getUTCDay(), 1)
    }
  })
})
