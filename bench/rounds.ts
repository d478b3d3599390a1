/**
 * How times are taken: everybody in every round, so that what the machine does besides meets them all alike.
 */

/** The middle one of some numbers. */
export const median = (numbers: ReadonlyArray<number>): number => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The number that so great a part of some numbers does not exceed, the part from 0 to 1. */
export const percentile = (numbers: ReadonlyArray<number>, part: number): number =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * part))]!

/**
 * What one of several calls costs, in microseconds of its thread. The server of these calls has its answers at hand: time
 * in which nothing is done is time that the machine gave to somebody else.
 */
const time = async (run: (count: number) => Promise<void>, count: number): Promise<number> => {
  const start = process.threadCpuUsage()
  await run(count)
  const { system, user } = process.threadCpuUsage(start)
  return (system + user) / count
}

/**
 * Takes the times of everybody in rounds, each beginning with another one, and gives each one's median in microseconds.
 *
 * @param count - how many calls each makes in a round
 */
export const interleaved = async <Name extends string>(
  runs: Readonly<Record<Name, (count: number) => Promise<void>>>,
  options: { readonly count: number; readonly rounds: number; readonly warmUp: number }
): Promise<Readonly<Record<Name, number>>> => {
  const names = Object.keys(runs) as Array<Name>
  const times = Object.fromEntries(names.map((name) => [name, new Array<number>()])) as Record<Name, Array<number>>
  for (let round = -options.warmUp; round < options.rounds; round++) {
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + options.warmUp) % names.length]!
      const taken = await time(runs[name], options.count)
      if (round >= 0) times[name].push(taken)
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>
}
