/**
 * What a call costs besides the server's time, and how long the answer to a large query takes to read.
 */
import { contestants, type Call, type Calls, type Contestant } from "./contestants.ts"
import { interleaved } from "./rounds.ts"

/** Microseconds a call, by contestant. */
export type Times = Readonly<Record<Contestant, number>>

const options = (call: Call) =>
  call === "query of 10,000 rows" ? { count: 5, rounds: 41, warmUp: 8 } : { count: 2_000, rounds: 11, warmUp: 3 }

/** Takes the time of a call, of everybody. */
export const measure = (call: Call): Promise<Times> =>
  interleaved(
    // The keys stay the same.
    Object.fromEntries(Object.entries<Calls>(contestants).map(([name, calls]) => [name, calls[call]])) as Record<
      Contestant,
      Calls[Call]
    >,
    options(call)
  )
