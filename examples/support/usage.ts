/**
 * A month of LLM calls of five customers, from `examples/data/llm-usage.jsonl`.
 */
import { readFile } from "node:fs/promises"

/** The events, one per line. */
export const file = new URL("../data/llm-usage.jsonl", import.meta.url)

const day = 24 * 60 * 60 * 1000
const week = 7 * day

/** The month in the file; it begins on a Monday. */
export const month = { start: Date.UTC(2026, 5, 1), days: 30 }

/** The customers who made the calls; the key of each is the subject of its events. */
export const customers = [
  { key: "harbor-legal", name: "Harbor Legal" },
  { key: "kestrel-robotics", name: "Kestrel Robotics" },
  { key: "mosaic-health", name: "Mosaic Health" },
  { key: "pinebrook-media", name: "Pinebrook Media" },
  { key: "quill-studio", name: "Quill Studio" }
] as const

/** A call of a model, as a CloudEvent. */
export interface UsageEvent {
  readonly specversion: "1.0"
  readonly id: string
  readonly source: string
  readonly type: string
  /** The key of the customer. */
  readonly subject: string
  /** RFC 3339. */
  readonly time: string
  readonly data: {
    readonly model: string
    readonly provider: string
    readonly prompt_tokens: number
    readonly completion_tokens: number
    readonly total_tokens: number
    readonly duration_ms: number
  }
}

/** Where to move the month so that it has just ended. It moves by whole weeks, so that weekends stay weekends. */
export const lastMonth = (now: number = Date.now()): Date =>
  new Date(month.start + Math.floor((now - month.start - month.days * day) / week) * week)

/** The end of a month, given its start. */
export const endOf = (start: Date): Date => new Date(start.getTime() + month.days * day)

/** The events of the file, moved to the month that begins at `start`. Their ids stay the same. */
export const readUsage = async (start: Date): Promise<ReadonlyArray<UsageEvent>> => {
  const move = start.getTime() - month.start
  const lines = (await readFile(file, "utf8")).trimEnd().split("\n")
  return lines.map((line) => {
    const event = JSON.parse(line) as UsageEvent
    return Object.assign(event, { time: new Date(Date.parse(event.time) + move).toISOString() })
  })
}

/** The tokens of all calls. */
export const totalTokens = (events: ReadonlyArray<UsageEvent>): number =>
  events.reduce((sum, { data }) => sum + data.total_tokens, 0)
