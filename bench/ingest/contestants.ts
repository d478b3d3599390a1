/**
 * Who ingests: each is offered events one by one, and told when there will be no more.
 */
import { OpenMeter, type EventBufferOptions } from "@openmeter/sdk"
import { OpenMeter as Published } from "openmeter-beta-232"
import type { Event } from "./events.ts"

/** Someone who takes events. */
export interface Contestant {
  /** Takes an event. Nobody waits for it. */
  readonly offer: (event: Event) => Promise<unknown>
  /** Ends when everything that was taken is delivered or given up, or after a time in milliseconds. */
  readonly close: (timeout: number) => Promise<unknown>
}

/** Makes someone who ingests at an address. */
export type Make = (baseUrl: string) => Contestant

/** The buffer of this package. */
export const buffer =
  (options: EventBufferOptions = {}): Make =>
  (baseUrl) => {
    const openmeter = new OpenMeter({ baseUrl })
    const buffer = openmeter.events.buffer(options)
    return {
      offer: (event) => buffer.offer(event),
      close: async (timeout) => {
        await buffer.close({ timeout })
        await openmeter.close()
      }
    }
  }

/** The published package has no buffer: a program sends each event, and waits for none. */
export const published: Make = (baseUrl) => {
  const { events } = new Published({ baseUrl })
  const calls = new Set<Promise<unknown>>()
  const abort = new AbortController()
  return {
    offer: (event) => {
      const call = events.ingest(event, { signal: abort.signal }).finally(() => calls.delete(call))
      calls.add(call)
      return call
    },
    close: async (timeout) => {
      const timer = setTimeout(() => abort.abort(), timeout)
      await Promise.allSettled(calls)
      clearTimeout(timer)
    }
  }
}
