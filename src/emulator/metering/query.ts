/**
 * Meter queries: events in, rows of one number each out.
 */
import type { WindowSize } from "../../schemas/Window.ts"
import type { Accumulator } from "./aggregate.ts"
import { accumulatorOf } from "./aggregate.ts"
import { compareCodePoints } from "../codePoints.ts"
import type { EventLog, StoredEvent } from "./EventLog.ts"
import type { Metering } from "./Meter.ts"
import type { Selection } from "./selection.ts"
import { groupReader, select } from "./selection.ts"
import type { TimeZone } from "./TimeZone.ts"
import type { Window } from "./window.ts"
import { minuteOf, windows } from "./window.ts"

/** A query of a meter. */
export interface MeterQuery extends Selection {
  /** Without a size there is one window from the minute of the first event to that of the last. */
  readonly windowSize?: WindowSize | undefined
  readonly timeZone: TimeZone
  /** Whether every subject has rows of its own. */
  readonly bySubject: boolean
  /** The customer of each subject: only their events count, and every customer has rows of its own. */
  readonly customers?: ReadonlyMap<string, string> | undefined
  /** The groups of the meter that have rows of their own. */
  readonly groupBy: ReadonlyArray<string>
}

/** One number of a response, and what it belongs to. */
export interface Row {
  readonly window: Window
  readonly subject: string | undefined
  readonly customerId: string | undefined
  readonly groupBy: Readonly<Record<string, string>>
  readonly value: number
}

interface Group {
  readonly row: Omit<Row, "window" | "value">
  readonly total: Accumulator
  readonly first: Window
  last: Window
}

/** Whether all events of a window make one row. */
const isUngrouped = (asked: MeterQuery): boolean =>
  !asked.bySubject && asked.customers === undefined && asked.groupBy.length === 0

const epoch = minuteOf(0)

/**
 * The rows of an answer, by the start of their windows. A row without a value is left out; counts always have one, and
 * that of nothing at all, neither windowed nor grouped, is 0 in the first minute of 1970.
 */
export const query = (log: EventLog, meter: Metering, asked: MeterQuery): ReadonlyArray<Row> => {
  const { customers, groupBy, windowSize } = asked
  const makeAccumulator = accumulatorOf(meter)
  const windowOf = windowSize === undefined ? minuteOf : windows(windowSize, asked.timeZone)
  const readers = groupBy.map((key) => groupReader(meter, key))
  const groups = new Map<string, Group>()

  const add = (event: StoredEvent): void => {
    const customerId = customers?.get(event.subject)
    if (customers !== undefined && customerId === undefined) return
    const window = windowOf(event.time)
    const subject = asked.bySubject ? event.subject : undefined
    const texts = readers.map((read) => read(event))
    const key = JSON.stringify([windowSize === undefined ? 0 : window.start, subject, customerId, texts])
    let group = groups.get(key)
    if (group === undefined) {
      const row = { subject, customerId, groupBy: Object.fromEntries(groupBy.map((name, i) => [name, texts[i] ?? ""])) }
      group = { row, total: makeAccumulator(), first: window, last: window }
      groups.set(key, group)
    }
    group.last = window
    group.total.add(event.data)
  }
  for (const event of select(log, meter, asked)) add(event)
  if (groups.size === 0 && windowSize === undefined && isUngrouped(asked)) {
    const row = { subject: undefined, customerId: undefined, groupBy: {} }
    groups.set("", { row, total: makeAccumulator(), first: epoch, last: epoch })
  }
  return [...groups.values()].flatMap(({ first, last, row, total }) => {
    const value = total.value()
    return value === undefined ? [] : [{ ...row, window: { start: first.start, end: last.end }, value }]
  })
}

const distinct = (texts: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(texts)].sort(compareCodePoints)

// The lists of what events hold do not know where a meter begins to count.
const everSince = (meter: Metering): Metering => ({ ...meter, eventFrom: undefined })

/** The subjects of the events of a meter, in order. */
export const subjects = (log: EventLog, meter: Metering, selection: Selection): ReadonlyArray<string> =>
  distinct(select(log, everSince(meter), selection).map((event) => event.subject))

/** The values of a group of a meter, in order. */
export const groupValues = (log: EventLog, meter: Metering, key: string, selection: Selection): ReadonlyArray<string> =>
  distinct(select(log, everSince(meter), selection).map(groupReader(meter, key)))
