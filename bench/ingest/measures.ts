/**
 * What is measured besides time.
 */
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

setFlagsFromString("--expose-gc")
const collect = runInNewContext("gc") as () => void

/** How much memory somebody still needs, on the heap and in buffers beside it, in bytes. */
export const memory = (): number => {
  collect()
  collect()
  const { external, heapUsed } = process.memoryUsage()
  return heapUsed + external
}

/** How long the event loop was busy without a break, at the worst: by the processor's time and by the clock. */
export interface Stall {
  readonly busy: number
  readonly waited: number
}

/**
 * Watches the event loop until it is told to stop. The processor's time of the thread leaves out what other programs of
 * the machine take; the clock does not.
 */
export const watchEventLoop = (): (() => Stall) => {
  let [busy, waited] = [0, 0]
  let isOver = false
  let cpu = process.threadCpuUsage()
  let clock = performance.now()
  const turn = () => {
    const used = process.threadCpuUsage(cpu)
    const now = performance.now()
    busy = Math.max(busy, (used.user + used.system) / 1000)
    waited = Math.max(waited, now - clock)
    cpu = process.threadCpuUsage()
    clock = performance.now()
    if (!isOver) setImmediate(turn)
  }
  setImmediate(turn)
  return () => {
    isOver = true
    return { busy, waited }
  }
}

/** Times a piece of work: by the clock and by the processor, in milliseconds. */
export const time = async (work: () => Promise<unknown>): Promise<{ readonly clock: number; readonly cpu: number }> => {
  const usage = process.cpuUsage()
  const start = performance.now()
  await work()
  const clock = performance.now() - start
  const used = process.cpuUsage(usage)
  return { clock, cpu: (used.user + used.system) / 1000 }
}
