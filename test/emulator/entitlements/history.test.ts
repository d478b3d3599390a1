import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { Account } from "../../../src/emulator/entitlements/Account.ts"
import { balanceAt } from "../../../src/emulator/entitlements/balance.ts"
import { unit } from "../../../src/emulator/instant.ts"
import { type HistoryRange, historyOf } from "../../../src/emulator/entitlements/history.ts"
import { windowsOf } from "../../../src/emulator/entitlements/window.ts"
import type { WindowSize } from "../../../src/schemas/Window.ts"
import { account, accountOf, ArbitraryAccount, at, grant, hour, hours, int, monthly, text } from "./fixtures.ts"

const usagesOf = ({ usage }: Account, { from, offset, to, windowSize }: HistoryRange) =>
  windowsOf(windowSize, offset, from, to).map((window) => ({
    from: window.from,
    to: window.to,
    usage: usage.between(Math.max(window.from, from), Math.min(window.to, to))
  }))

const history = (account: Account, windowSize: WindowSize, from: string, to: string) => {
  const range = { windowSize, from: at(from), to: at(to), offset: 0 }
  return historyOf(account, [], range, usagesOf(account, range))
}

const windows = (account: Account, windowSize: WindowSize, from: string, to: string) =>
  history(account, windowSize, from, to).windowedHistory.map(({ balanceAtStart, period, usage }) => [
    text(period.from),
    balanceAtStart,
    usage
  ])

const segments = (account: Account, windowSize: WindowSize, from: string, to: string) =>
  history(account, windowSize, from, to).burndownHistory.map(
    ({ balanceAtEnd, balanceAtStart, overage, period, usage }) => [
      text(period.from),
      text(period.to),
      balanceAtStart,
      usage,
      balanceAtEnd,
      overage
    ]
  )

describe("windowsOf", () => {
  it("are whole, from the one that holds the beginning", () => {
    const found = windowsOf("HOUR", 0, at("2025-01-10T09:31"), at("2025-01-10T10:44"))
    assert.deepStrictEqual(
      found.map(({ from, to }) => [text(from), text(to)]),
      [
        ["2025-01-10T09:00", "2025-01-10T10:00"],
        ["2025-01-10T10:00", "2025-01-10T11:00"]
      ]
    )
  })

  it("are laid at an offset", () => {
    const found = windowsOf("DAY", 2 * unit.hour, at("2025-01-11T00:00"), at("2025-01-12T00:00"))
    assert.deepStrictEqual(
      found.map(({ from }) => text(from)),
      ["2025-01-10T22:00", "2025-01-11T22:00"]
    )
  })

  it("of months have the length of each month", () => {
    const found = windowsOf("MONTH", 0, at("2025-01-31"), at("2025-03-01"))
    assert.deepStrictEqual(
      found.map(({ to }) => text(to).slice(0, 10)),
      ["2025-02-01", "2025-03-01"]
    )
  })

  it("there are none in an empty range", () => {
    assert.deepStrictEqual(windowsOf("DAY", 0, at("2025-01-31"), at("2025-01-31")), [])
  })

  it.prop(
    "follow one another and cover the range",
    {
      size: Schema.Literals(["MINUTE", "HOUR", "DAY", "MONTH"]),
      quarters: int(-56, 56),
      from: int(-50_000_000, 50_000_000),
      length: int(1, 3000)
    },
    ({ from, length, quarters, size }) => {
      const [start, end] = [from * unit.minute, (from + length) * unit.minute]
      const found = windowsOf(size, quarters * 15 * unit.minute, start, end)
      assert.isTrue((found[0]?.from ?? Infinity) <= start && start < (found[0]?.to ?? -Infinity))
      assert.isTrue((found.at(-1)?.from ?? Infinity) < end && end <= (found.at(-1)?.to ?? -Infinity))
      assert.isTrue(found.slice(1).every((window, i) => window.from === found[i]?.to))
    }
  )
})

describe("windowed history", () => {
  const measured = account(
    [grant("g", { effectiveAt: at("2025-01-10T08:20") })],
    [
      [at("2025-01-10T08:20:10"), 1],
      [at("2025-01-10T09:30"), 2],
      [at("2025-01-10T10:10:40"), 4],
      [at("2025-01-10T10:45"), 8],
      [at("2025-01-12T11:00:20"), 16]
    ],
    { periods: monthly({ measureUsageFrom: at("2025-01-10T08:20") }) }
  )

  it("leaves out windows that begin before measurement, and starts with what they left", () => {
    assert.deepStrictEqual(windows(measured, "DAY", "2025-01-10T08:20", "2025-01-12T11:01"), [
      ["2025-01-11T00:00", 85, 0],
      ["2025-01-12T00:00", 85, 16]
    ])
    assert.deepStrictEqual(windows(measured, "MONTH", "2025-01-10T08:20", "2025-01-12T11:01"), [])
  })

  it("counts the usage of the range only, though its windows are whole", () => {
    assert.deepStrictEqual(windows(measured, "HOUR", "2025-01-10T09:31", "2025-01-10T10:44"), [
      ["2025-01-10T09:00", 99, 0],
      ["2025-01-10T10:00", 99, 4]
    ])
    assert.deepStrictEqual(segments(measured, "HOUR", "2025-01-10T09:31", "2025-01-10T10:44"), [
      ["2025-01-10T09:00", "2025-01-10T10:44", 99, 6, 93, 0]
    ])
  })

  const issue = grant("issue", { amount: 10, minRolloverAmount: 10, maxRolloverAmount: 10 })
  const reset = { at: at("2025-01-02T12:00"), anchor: at("2025-01-01") }
  const eventful = account(
    [issue, grant("late", { amount: 20, effectiveAt: at("2025-01-04T12:00"), priority: 2 })],
    [
      [at("2025-01-02T06:00"), 4],
      [at("2025-01-02T18:00"), 3],
      [at("2025-01-03T06:00"), 5],
      [at("2025-01-04T06:00"), 2],
      [at("2025-01-05T06:00"), 1],
      [at("2025-01-05T07:00"), 40],
      [at("2025-01-05T08:00"), -6]
    ],
    { periods: monthly({ manualResets: [reset] }) }
  )

  it("burns a window that holds a reset from the balance before it, and starts the next one right", () => {
    assert.deepStrictEqual(windows(eventful, "DAY", "2025-01-02", "2025-01-05"), [
      ["2025-01-02T00:00", 10, 7],
      ["2025-01-03T00:00", 7, 5],
      ["2025-01-04T00:00", 2, 2]
    ])
  })

  it("never starts a window below zero, and adds negative usage to it", () => {
    assert.deepStrictEqual(windows(eventful, "HOUR", "2025-01-05T06:00", "2025-01-05T10:00"), [
      ["2025-01-05T06:00", 20, 1],
      ["2025-01-05T07:00", 19, 40],
      ["2025-01-05T08:00", 0, -6],
      ["2025-01-05T09:00", 6, 0]
    ])
  })

  it("shows usage only in windows of the same borders", () => {
    const range = { windowSize: "DAY", from: at("2025-01-02"), to: at("2025-01-04"), offset: 0 } as const
    const shifted = usagesOf(eventful, { ...range, offset: unit.hour })
    assert.deepStrictEqual(
      historyOf(eventful, [], range, shifted).windowedHistory.map(({ usage }) => usage),
      [0, 0]
    )
  })
})

describe("burn-down history", () => {
  it("is one segment without length for an empty range", () => {
    const one = account([grant("g")], [[at("2025-01-02"), 3]])
    assert.deepStrictEqual(segments(one, "HOUR", "2025-01-10T10:00", "2025-01-10T10:00"), [
      ["2025-01-10T10:00", "2025-01-10T10:00", 97, 0, 97, 0]
    ])
  })

  it("lists every grant that is active at some time of the range in every segment", () => {
    const grants = [
      grant("always"),
      grant("ends", { expiresAt: at("2025-01-05") }),
      grant("begins", { effectiveAt: at("2025-01-10") }),
      grant("after", { effectiveAt: at("2025-01-11") })
    ]
    const found = history(account(grants, []), "DAY", "2025-01-05", "2025-01-10")
    assert.deepStrictEqual(
      found.burndownHistory.map(({ grantBalancesAtStart }) => grantBalancesAtStart),
      [{ always: 100, begins: 0 }]
    )
  })

  it("starts after what happens at its beginning and holds the reset at its end", () => {
    const monthlyGrant = account([grant("g", { amount: 20, maxRolloverAmount: 5 })], [[at("2025-01-10"), 1]])
    assert.deepStrictEqual(segments(monthlyGrant, "DAY", "2025-01-31", "2025-02-01"), [
      ["2025-01-31T00:00", "2025-02-01T00:00", 19, 0, 19, 0],
      ["2025-02-01T00:00", "2025-02-01T00:00", 5, 0, 5, 0],
      ["2025-02-01T00:00", "2025-02-01T00:00", 5, 0, 5, 0]
    ])
    assert.deepStrictEqual(segments(monthlyGrant, "DAY", "2025-02-01", "2025-02-02"), [
      ["2025-02-01T00:00", "2025-02-02T00:00", 5, 0, 5, 0]
    ])
  })

  it.prop(
    "ends with the balance that is asked for at its end, wherever it begins",
    { description: ArbitraryAccount, from: int(0, hours), length: int(1, hours) },
    ({ description, from, length }) => {
      const any = accountOf(description)
      const range = { windowSize: "DAY", from: hour(from), to: hour(from + length), offset: 0 } as const
      const last = historyOf(any, [], range, []).burndownHistory.at(-1)
      const now = balanceAt(any, [], range.to, range.to)
      assert.isDefined(last)
      assert.isDefined(now)
      assert.strictEqual(last.overage, now.balance.overage)
      for (const [id, balance] of Object.entries(now.balance.grantBalances)) {
        assert.strictEqual(last.grantBalancesAtEnd[id], balance)
      }
    }
  )

  it.prop(
    "uses as much in all as its windows show",
    { description: ArbitraryAccount, from: int(0, hours / 24), length: int(0, hours / 24) },
    ({ description, from, length }) => {
      const any = accountOf(description)
      const range = { windowSize: "DAY", from: hour(from * 24), to: hour((from + length) * 24), offset: 0 } as const
      const { burndownHistory, windowedHistory } = historyOf(any, [], range, usagesOf(any, range))
      const total = (parts: ReadonlyArray<{ readonly usage: number }>) =>
        parts.reduce((total, { usage }) => total + usage, 0)
      assert.strictEqual(total(windowedHistory), total(burndownHistory))
    }
  )
})
