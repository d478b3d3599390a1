import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { Account } from "../../../src/emulator/entitlements/Account.ts"
import * as Engine from "../../../src/emulator/entitlements/engine.ts"
import * as Grant from "../../../src/emulator/entitlements/Grant.ts"
import type { Segment } from "../../../src/emulator/entitlements/segment.ts"
import {
  account,
  accountOf,
  ArbitraryAccount,
  at,
  grant,
  hour,
  hours,
  int,
  interval,
  monthly,
  run,
  start,
  text
} from "./fixtures.ts"
import { booksOf, live } from "./ledger.ts"

const show = ({ end, start }: Segment): ReadonlyArray<unknown> => [
  text(start.at),
  start.balances,
  end.balances,
  end.overage
]

const balancesAt = (account: Account, instant: string) => {
  const { end } = run(account, at(instant))
  return { balances: end.balances, overage: end.overage, usage: end.usage, granted: end.granted }
}

describe("burning", () => {
  it("goes on into overage when the grants are used up", () => {
    const hard = account(
      [grant("g")],
      [
        [at("2025-01-02T10:00"), 59.75],
        [at("2025-01-03T00:00"), 40.25],
        [at("2025-01-03T00:06"), 7]
      ]
    )
    assert.deepStrictEqual(balancesAt(hard, "2025-01-03"), {
      balances: { g: 40.25 },
      overage: 0,
      usage: 59.75,
      granted: 59.75
    })
    assert.deepStrictEqual(balancesAt(hard, "2025-01-03T00:05"), {
      balances: { g: 0 },
      overage: 0,
      usage: 100,
      granted: 100
    })
    assert.deepStrictEqual(balancesAt(hard, "2025-01-03T00:07"), {
      balances: { g: 0 },
      overage: 7,
      usage: 107,
      granted: 100
    })
  })

  it("lets a later grant pay the overage of the period, and loses what is left when it expires", () => {
    const issue = grant("issue", { amount: 10 })
    const short = grant("short", { amount: 6, effectiveAt: at("2025-01-03T06:00"), expiresAt: at("2025-01-03T09:00") })
    const later = account(
      [issue, short],
      [
        [at("2025-01-02"), 14],
        [at("2025-01-03T08:59"), 1],
        [at("2025-01-03T09:00"), 2]
      ]
    )
    assert.deepStrictEqual(balancesAt(later, "2025-01-03T06:00").overage, 4)
    assert.deepStrictEqual(balancesAt(later, "2025-01-03T06:01"), {
      balances: { issue: 0, short: 2 },
      overage: 0,
      usage: 14,
      granted: 14
    })
    assert.deepStrictEqual(balancesAt(later, "2025-01-03T09:01"), {
      balances: { issue: 0 },
      overage: 2,
      usage: 17,
      granted: 15
    })
    assert.deepStrictEqual(run(later, at("2025-01-03T10:00")).segments.map(show), [
      ["2025-01-01T00:00", { issue: 10 }, { issue: 0 }, 4],
      ["2025-01-03T06:00", { issue: 0, short: 6 }, { issue: 0, short: 1 }, 0],
      ["2025-01-03T09:00", { issue: 0 }, { issue: 0 }, 2]
    ])
  })

  it("does not count a grant at the instant where it begins, but one that recurs there", () => {
    const begins = grant("g", { effectiveAt: at("2025-01-03") })
    assert.deepStrictEqual(run(account([begins], []), at("2025-01-03")).end.balances, {})
    const recurs = grant("g", {
      effectiveAt: at("2025-01-03"),
      recurrence: { anchor: at("2025-01-03"), interval: interval("P10D") }
    })
    assert.deepStrictEqual(run(account([recurs], [[at("2025-01-02"), 15]]), at("2025-01-03")).end.balances, { g: 85 })
  })

  it("fills a recurring grant up to its amount, whatever is left, and not where it expires", () => {
    const daily = grant("daily", {
      amount: 10,
      effectiveAt: at("2025-01-02T06:00"),
      expiresAt: at("2025-01-05T12:00"),
      recurrence: { anchor: at("2025-01-01T12:00"), interval: interval("DAY") }
    })
    const used = account([daily], [[at("2025-01-02T07:00"), 4]])
    assert.deepStrictEqual(balancesAt(used, "2025-01-02T11:59").balances, { daily: 6 })
    assert.deepStrictEqual(balancesAt(used, "2025-01-02T12:00"), {
      balances: { daily: 10 },
      overage: 0,
      usage: 4,
      granted: 4
    })
    const expiry = run(used, at("2025-01-05T12:00"))
    assert.strictEqual(text(expiry.segments.at(-1)?.start.at ?? 0), "2025-01-04T12:00")
  })

  it("stops burning a grant where it is voided", () => {
    const voided = account(
      [grant("a", { amount: 20, voidedAt: at("2025-01-03") }), grant("b", { priority: 2 })],
      [
        [at("2025-01-02"), 5],
        [at("2025-01-03"), 7]
      ]
    )
    assert.deepStrictEqual(balancesAt(voided, "2025-01-04"), {
      balances: { b: 93 },
      overage: 0,
      usage: 12,
      granted: 12
    })
  })
})

describe("resets", () => {
  const issue = (amount: number) => grant("issue", { amount, minRolloverAmount: amount, maxRolloverAmount: amount })
  const usage = [
    [at("2025-01-10"), 250],
    [at("2025-02-10"), 3],
    [at("2025-03-10"), 11]
  ] as const

  it("forget overage", () => {
    const forgetful = account([issue(100)], usage)
    assert.deepStrictEqual(balancesAt(forgetful, "2025-02-05"), {
      balances: { issue: 100 },
      overage: 0,
      usage: 0,
      granted: 0
    })
    assert.deepStrictEqual(balancesAt(forgetful, "2025-03-15"), {
      balances: { issue: 89 },
      overage: 0,
      usage: 11,
      granted: 11
    })
  })

  it("burn overage from what rolled over where it is preserved", () => {
    const strict = account([issue(100)], usage, { preserveOverageAtReset: true })
    assert.deepStrictEqual(balancesAt(strict, "2025-01-20").overage, 150)
    assert.deepStrictEqual(balancesAt(strict, "2025-02-05"), {
      balances: { issue: 0 },
      overage: 50,
      usage: 0,
      granted: 100
    })
    assert.deepStrictEqual(balancesAt(strict, "2025-03-15"), {
      balances: { issue: 36 },
      overage: 0,
      usage: 11,
      granted: 64
    })
    assert.deepStrictEqual(balancesAt(strict, "2025-04-02"), {
      balances: { issue: 100 },
      overage: 0,
      usage: 0,
      granted: 0
    })
    assert.deepStrictEqual(run(strict, at("2025-03-02")).segments.map(show), [
      ["2025-01-01T00:00", { issue: 100 }, { issue: 0 }, 150],
      ["2025-02-01T00:00", { issue: 100 }, { issue: 0 }, 50],
      ["2025-02-01T00:00", { issue: 0 }, { issue: 0 }, 53],
      ["2025-03-01T00:00", { issue: 100 }, { issue: 47 }, 0],
      ["2025-03-01T00:00", { issue: 47 }, { issue: 47 }, 0]
    ])
  })

  it("roll over first, then burn overage in burn order", () => {
    const three = account(
      [
        { ...issue(50), priority: 3 },
        grant("p1", { amount: 30, priority: 1, minRolloverAmount: 12, maxRolloverAmount: 12 }),
        grant("p2", { amount: 40, priority: 2, effectiveAt: at("2025-01-15"), expiresAt: at("2025-02-14") })
      ],
      [
        [at("2025-01-10"), 70],
        [at("2025-01-20"), 75]
      ],
      { preserveOverageAtReset: true }
    )
    assert.deepStrictEqual(balancesAt(three, "2025-01-21"), {
      balances: { issue: 0, p1: 0, p2: 0 },
      overage: 25,
      usage: 145,
      granted: 120
    })
    assert.deepStrictEqual(balancesAt(three, "2025-02-01"), {
      balances: { issue: 37, p1: 0, p2: 0 },
      overage: 0,
      usage: 0,
      granted: 25
    })
  })

  it("roll a recurring grant over before it is filled up", () => {
    const recurring = grant("g", {
      amount: 10,
      maxRolloverAmount: 1,
      recurrence: { anchor: at("2025-01-01"), interval: interval("MONTH") }
    })
    const segments = run(account([recurring], [[at("2025-01-10"), 3]]), at("2025-02-01")).segments
    assert.deepStrictEqual(segments.map(show), [
      ["2025-01-01T00:00", { g: 10 }, { g: 7 }, 0],
      ["2025-02-01T00:00", { g: 1 }, { g: 1 }, 0],
      ["2025-02-01T00:00", { g: 10 }, { g: 10 }, 0]
    ])
  })

  it("let a grant that begins at them pay overage and be whole all the same", () => {
    const begins = { ...issue(100), effectiveAt: at("2025-03-01") }
    const late = account(
      [begins],
      [
        [at("2025-02-20"), 1],
        [at("2025-03-02"), 14]
      ],
      {
        preserveOverageAtReset: true,
        periods: monthly({ measureUsageFrom: at("2025-02-10") })
      }
    )
    assert.deepStrictEqual(balancesAt(late, "2025-03-10"), {
      balances: { issue: 86 },
      overage: 0,
      usage: 14,
      granted: 15
    })
  })

  it("decide by themselves about overage when they are manual", () => {
    const over = account([issue(10)], [[at("2025-01-02"), 17]])
    const reset = (preserve: boolean) =>
      Engine.resetManually(over, Engine.startingPoint(over, [], at("2025-01-05")), at("2025-01-05"), preserve)
    assert.deepStrictEqual(reset(false), {
      at: at("2025-01-05"),
      balances: { issue: 10 },
      overage: 0,
      usage: 0,
      granted: 0
    })
    assert.deepStrictEqual(reset(true), {
      at: at("2025-01-05"),
      balances: { issue: 3 },
      overage: 0,
      usage: 0,
      granted: 7
    })
  })
})

describe("aggregations", () => {
  const grants = [
    grant("first", { amount: 10 }),
    grant("second", { amount: 2, priority: 2, effectiveAt: at("2025-01-06"), maxRolloverAmount: 0 })
  ]
  const usage = [
    [at("2025-01-02"), 3],
    [at("2025-01-03"), 5],
    [at("2025-01-04"), 3],
    [at("2025-01-05"), 14],
    [at("2025-01-07"), 5],
    [at("2025-01-08"), 6],
    [at("2025-01-08T01:00"), 1],
    [at("2025-02-03"), 5],
    [at("2025-02-03"), 17]
  ] as const

  it("COUNT burns the number of events", () => {
    const counted = account(grants, usage, { aggregation: "COUNT" })
    assert.deepStrictEqual(balancesAt(counted, "2025-01-09"), {
      balances: { first: 3, second: 2 },
      overage: 0,
      usage: 7,
      granted: 7
    })
  })

  it("UNIQUE_COUNT burns a value once, however many segments and periods it is seen in", () => {
    const unique = account(grants, usage, { aggregation: "UNIQUE_COUNT" })
    assert.strictEqual(balancesAt(unique, "2025-01-06").usage, 3)
    assert.strictEqual(balancesAt(unique, "2025-01-09").usage, 5)
    assert.strictEqual(balancesAt(unique, "2025-02-04").usage, 1)
  })

  it("UNIQUE_COUNT burns values anew after a manual reset", () => {
    const reset = { at: at("2025-02-02"), anchor: at("2025-01-01") }
    const unique = account(grants, usage, { aggregation: "UNIQUE_COUNT", periods: monthly({ manualResets: [reset] }) })
    assert.strictEqual(balancesAt(unique, "2025-02-04").usage, 2)
  })

  it("LATEST burns the last value of each segment from whole grants", () => {
    const latest = account(grants, usage, { aggregation: "LATEST" })
    assert.deepStrictEqual(balancesAt(latest, "2025-01-06T00:00").overage, 4)
    assert.deepStrictEqual(balancesAt(latest, "2025-01-09"), {
      balances: { first: 5, second: 2 },
      overage: 0,
      usage: 15,
      granted: 15
    })
    assert.deepStrictEqual(balancesAt(latest, "2025-02-02"), {
      balances: { first: 10, second: 2 },
      overage: 0,
      usage: 0,
      granted: 0
    })
  })
})

describe("any account", () => {
  const Until = int(0, hours)

  it.prop(
    "shows what an hourly clock shows",
    { description: ArbitraryAccount, until: Until },
    ({ description, until }) => {
      const any = accountOf(description)
      const { end } = run(any, hour(until))
      const active = any.grants.filter((grant) => Grant.isActiveAt(grant, end.at))
      assert.deepStrictEqual(
        {
          balances: Object.fromEntries(active.map(({ id }) => [id, end.balances[id] ?? 0])),
          overage: end.overage,
          usage: end.usage
        },
        live(any, until)
      )
    }
  )

  it.prop(
    "gives an account of all that was granted: burnt, remaining, expired or voided, lost at rollover",
    { description: ArbitraryAccount, until: Until },
    ({ description, until }) => {
      const any = accountOf(description)
      const found = run(any, hour(until))
      for (const { burnt, ended, given, lost, remaining } of booksOf(any, found)) {
        assert.strictEqual(given, burnt + remaining + ended + lost)
        assert.isTrue([burnt, ended, given, lost, remaining].every((amount) => amount >= 0))
      }
    }
  )

  it.prop(
    "pays or carries all of its usage, and never has a balance below zero",
    { description: ArbitraryAccount, until: Until },
    ({ description, until }) => {
      for (const { end, grantUsages, start, usage } of run(accountOf(description), hour(until)).segments) {
        const paid = grantUsages.reduce((total, { usage }) => total + usage, 0)
        assert.strictEqual(usage + start.overage, paid + end.overage)
        assert.isTrue([...Object.values(end.balances), ...Object.values(start.balances)].every((amount) => amount >= 0))
        assert.isAtLeast(end.overage, 0)
      }
    }
  )

  it.prop(
    "is made of segments that follow one another",
    { description: ArbitraryAccount, until: Until },
    ({ description, until }) => {
      const { end, segments } = run(accountOf(description), hour(until))
      assert.strictEqual(segments[0]?.start.at, start)
      assert.strictEqual(segments.at(-1)?.end, end)
      assert.strictEqual(end.at, hour(until))
      for (const [i, segment] of segments.slice(1).entries()) {
        assert.strictEqual(segment.start.at, segments[i]?.end.at)
      }
    }
  )

  it.prop(
    "comes to the same end when the calculation is interrupted on the way",
    {
      description: ArbitraryAccount,
      stop: Until,
      // At the end itself, going on would let begin what begins there.
      length: int(1, hours),
      aggregation: Schema.Literals(["SUM", "COUNT", "UNIQUE_COUNT"])
    },
    ({ aggregation, description, length, stop }) => {
      const any = accountOf(description, aggregation)
      const reached = Engine.reach(any, Engine.startingPoint(any, [], hour(stop)), hour(stop))
      const resumed = Engine.run(any, reached, hour(stop + length))
      assert.deepStrictEqual(resumed.end, run(any, hour(stop + length)).end)
    }
  )

  it.prop(
    "comes to the same end from the start of any of its segments",
    { description: ArbitraryAccount, until: Until },
    ({ description, until }) => {
      const any = accountOf(description)
      const { end, segments } = run(any, hour(until))
      for (const [i, segment] of segments.entries()) {
        const isReset = segment.start.at === segment.end.at && segments[i + 1]?.start.at === segment.end.at
        // The start of a reset is not a place to go on from: the reset has begun, and would not be done again.
        if (isReset) continue
        assert.deepStrictEqual(Engine.run(any, segment.start, hour(until)).end, end)
      }
    }
  )
})
