/**
 * What can go wrong, and what came of the events.
 */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { killFleet } from "../../test/support/fleet.ts"
import { live } from "../../test/support/kill/lives.ts"
import { buffer, published, type Contestant, type Make } from "./contestants.ts"
import { event, events } from "./events.ts"
import { memory, time, watchEventLoop } from "./measures.ts"
import { start, type Behaviour, type Seen } from "./server.ts"

/** What a contestant came to, and whether that is within the bar. */
export interface Result {
  readonly said: string
  readonly isMet: boolean
}

/** A case with its bar. */
export interface Case {
  readonly name: string
  readonly bar: string
  readonly ours: () => Promise<Result>
  /** Nothing where the published package has nothing to compare. */
  readonly published?: () => Promise<Result>
}

/** A number for people. */
export const number = (value: number): string => Math.round(value).toLocaleString("en")

/** A directory that is removed afterwards. */
export const inDirectory = async <A>(use: (path: string) => Promise<A>): Promise<A> => {
  const path = mkdtempSync(join(tmpdir(), "openmeter-bench-"))
  try {
    return await use(path)
  } finally {
    rmSync(path, { recursive: true })
  }
}

/** Runs a contestant against a server of its own. */
const against = async <A>(
  behaviour: Behaviour,
  make: Make,
  run: (contestant: Contestant, seen: () => Promise<Seen>) => Promise<A>
): Promise<A> => {
  const server = await start(behaviour)
  try {
    return await run(make(server.url), server.seen)
  } finally {
    await server.stop()
  }
}

/** A program that goes on whatever becomes of its events. */
const ignore = (promise: Promise<unknown>) => void promise.catch(() => {})

/** How many of so many events are not there, and how many came more than once. */
const tally = ({ stored }: Seen, count: number, isGood: (id: string) => boolean) => {
  const expected = events(count).filter(({ id }) => isGood(id))
  return {
    expected: expected.length,
    lost: expected.filter(({ id }) => !stored.has(id)).length,
    again: expected.filter(({ id }) => (stored.get(id) ?? 0) > 1).length
  }
}

const isAny = () => true
const isGood = (id: string) => !id.endsWith("37")

const steady = (make: Make) =>
  against({ latency: 50 }, make, async (contestant, seen): Promise<Result> => {
    const count = 20_000
    const stop = watchEventLoop()
    const begun = performance.now()
    for (let i = 0; i < count;) {
      const due = Math.min(count, Math.floor((performance.now() - begun) * 10))
      for (; i < due; i++) ignore(contestant.offer(event(i)))
      await sleep(5)
    }
    const closing = await time(() => contestant.close(60_000))
    const { busy, waited } = stop()
    const all = await seen()
    const { lost } = tally(all, count, isAny)
    return {
      said:
        `${number(lost)} lost, ${number(all.requests)} requests, stall ${number(busy)} ms ` +
        `(${number(waited)} by the clock), close ${number(closing.clock)} ms`,
      isMet: lost === 0 && all.requests <= 200 && busy < 50 && closing.clock < 1000
    }
  })

const hanging = (make: Make) =>
  against({ hangs: true }, make, async (contestant): Promise<Result> => {
    const [count, bound] = [20_000, 10_000_000]
    // What is loaded and compiled at first, and let go of after a while, is no growth.
    ignore(contestant.offer(event(0)))
    await sleep(3000)
    const before = memory()
    let [taken, answered, slowest] = [0, 0, 0]
    for (let i = 1; i <= count; i++) {
      const offered = performance.now()
      const answer = (isTaken: boolean) => () => {
        answered += 1
        taken += Number(isTaken)
        slowest = Math.max(slowest, performance.now() - offered)
      }
      contestant.offer(event(i, 700)).then(answer(true), answer(false))
      if (i % 100 === 0) await new Promise(setImmediate)
    }
    await sleep(1000)
    const over = memory() - before - bound
    const during = answered
    await contestant.close(1)
    return {
      said:
        `memory ${(over / 1e6).toFixed(1)} MB over the bound, ${number(during)} offers answered, ` +
        `the slowest after ${number(slowest)} ms, ${number(taken)} taken`,
      isMet: over < 10_000_000 && during === count
    }
  })

/** Offers events all at once, and closes. */
const faulty =
  (behaviour: Behaviour, count: number, isGood: (id: string) => boolean, mayRepeat: boolean) => (make: Make) =>
    against(behaviour, make, async (contestant, seen): Promise<Result> => {
      for (const one of events(count)) ignore(contestant.offer(one))
      await contestant.close(120_000)
      const all = await seen()
      const { again, expected, lost } = tally(all, count, isGood)
      return {
        said:
          `${number(expected - lost)} of ${number(expected)} delivered, ` +
          `${number(again)} sent again after they were stored, ${number(all.requests)} requests`,
        isMet: lost === 0 && (mayRepeat || again === 0)
      }
    })

const unavailable = faulty({ unavailable: 15_000 }, 2000, isAny, false)
const tooLarge = faulty({ maxCount: 10 }, 1000, isAny, false)
const poisoned = faulty({ poison: "37" }, 1000, isGood, false)
const unanswered = faulty({ lostAnswers: 2 }, 1000, isAny, true)

const reporting = async (): Promise<Result> => {
  const letters = new Set<string>()
  const { isMet, said } = await poisoned(buffer({ deadLetter: ({ event }) => void letters.add(event.id) }))
  return { said: `${said}, ${letters.size} poison events reported`, isMet: isMet && letters.size === 10 }
}

const KILLS = 50

const killed = () =>
  inDirectory(async (path): Promise<Result> => {
    const child = new URL("../../test/support/kill/child.ts", import.meta.url).pathname
    const report = await live([child, join(path, "usage.outbox")], { kills: KILLS, offers: 5000, seed: 1 })
    const lost = [...report.taken].filter((id) => !report.received.has(id)).length
    const strange = [...report.received.keys()].filter((id) => !/^\d{1,2}-\d{1,4}$/.test(id)).length
    return {
      said: `${KILLS} kills, ${number(report.taken.size)} taken, ${lost} lost, ${strange} ids that nobody offered`,
      isMet: lost === 0 && strange === 0
    }
  })

const killedFleet = async (): Promise<Result> => {
  const report = await killFleet({ workers: 3, kills: KILLS, events: 5000 })
  if (typeof report === "string") return { said: report, isMet: false }
  const { acknowledged, deadLetters, lost, stored, unexpected, unique } = report
  return {
    said:
      `${KILLS} kills, ${number(acknowledged)} offers acknowledged meanwhile, ${lost.length} lost, ` +
      `${unexpected.length} of transactions that were rolled back, ${number(stored)} stored with ${number(unique)} ids`,
    isMet: lost.length === 0 && unexpected.length === 0 && stored === unique && deadLetters === 0
  }
}

/** Our buffer with default options. */
const ours = buffer()

/** The cases of delivery. */
export const cases: ReadonlyArray<Case> = [
  {
    name: "20,000 events at 10,000/s, server latency 50 ms",
    bar: "0 lost, ≤ 200 requests, stall < 50 ms, close < 1 s",
    ours: () => steady(ours),
    published: () => steady(published)
  },
  {
    name: "server hangs, 20,000 offered, 10 MB bound",
    bar: "memory < 10 MB over the bound, offers answered at once",
    ours: () => hanging(buffer({ maxBytes: 10_000_000, overflow: "fail" })),
    published: () => hanging(published)
  },
  {
    name: "503 for 15 s, 2,000 events",
    bar: "2,000 delivered, 0 twice",
    ours: () => unavailable(ours),
    published: () => unavailable(published)
  },
  {
    name: "413 above 10 events, 1,000 events",
    bar: "1,000 delivered once",
    ours: () => tooLarge(ours),
    published: () => tooLarge(published)
  },
  {
    name: "one poison event in each 100 (400), 1,000 events",
    bar: "990 delivered once, 10 reported",
    ours: reporting,
    published: () => poisoned(published)
  },
  {
    name: "connection reset after the server stored the batch",
    bar: "1,000 delivered, the second time with the same ids",
    ours: () => unanswered(ours),
    published: () => unanswered(published)
  },
  {
    name: "`kill -9` at 50 random instants, 5,000 events a life, outbox in a file",
    bar: "every event that was taken is delivered",
    ours: killed
  },
  {
    name: "`kill -9` at 50 random instants, 5,000 events, 3 workers, outbox in Postgres",
    bar: "every event that was taken is stored once, none that was rolled back",
    ours: killedFleet
  }
]
