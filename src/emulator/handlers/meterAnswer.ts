/**
 * The rows of a meter query on the wire, as JSON or as CSV.
 */
import type { WindowSize } from "../../schemas/Window.ts"
import type { WireResponse } from "../http/Handler.ts"
import { empty, json, text } from "../http/Handler.ts"
import { formatInstant } from "../instant.ts"
import { csv, decimal } from "../metering/csv.ts"
import type { StoredMeter } from "../metering/Meter.ts"
import type { Row } from "../metering/query.ts"
import * as Timestamp from "../metering/timestamp.ts"
import type { TimeZone } from "../metering/TimeZone.ts"
import type { State } from "../store/State.ts"
import * as Table from "../store/Table.ts"

/** The windows and range of the query, which the response repeats. */
export interface Frame {
  /** As it was sent. */
  readonly from: string | undefined
  /** As it was sent. */
  readonly to: string | undefined
  readonly windowSize: WindowSize | undefined
  readonly zone: TimeZone
}

const sent = (text: string | undefined): string | undefined => (text === undefined ? undefined : Timestamp.asSent(text))

// Without windows the range of the query replaces the minutes of the events.
const windowOf = ({ from, to, windowSize, zone }: Frame, { window }: Row): readonly [start: string, end: string] =>
  windowSize === undefined
    ? [sent(from) ?? formatInstant(window.start), sent(to) ?? formatInstant(window.end)]
    : [Timestamp.formatIn(zone, window.start), Timestamp.formatIn(zone, window.end)]

/** The rows as JSON. */
export const asJson = (frame: Frame, rows: ReadonlyArray<Row>): WireResponse => {
  // JSON cannot express what is not finite: there the server breaks off.
  if (rows.some((row) => !Number.isFinite(row.value))) return empty(500)
  return json(200, {
    from: sent(frame.from),
    to: sent(frame.to),
    windowSize: frame.windowSize,
    data: rows.map((row) => {
      const [windowStart, windowEnd] = windowOf(frame, row)
      const { customerId, groupBy, subject = null, value } = row
      return { value, windowStart, windowEnd, subject, customerId, groupBy }
    })
  })
}

interface Column {
  readonly name: string
  readonly cell: (row: Row) => string
}

const subjectColumns = (state: State, rows: ReadonlyArray<Row>): ReadonlyArray<Column> => {
  const subjectOf = (row: Row) => (row.subject === undefined ? undefined : Table.byKey(state.subjects, row.subject))
  const subject: Column = { name: "subject", cell: (row) => row.subject ?? "" }
  const displayName: Column = { name: "subject_display_name", cell: (row) => subjectOf(row)?.displayName ?? "" }
  return rows.some((row) => subjectOf(row) !== undefined) ? [subject, displayName] : [subject]
}

/** What the rows are grouped by, in the order of the columns. */
export interface Grouping {
  readonly bySubject: boolean
  /** The groups of the meter, and `customer_id` where customers have rows of their own. */
  readonly groups: ReadonlyArray<string>
}

/** The rows as CSV, in a file named after the meter. */
export const asCsv = (
  state: State,
  meter: StoredMeter,
  frame: Frame,
  { bySubject, groups }: Grouping,
  rows: ReadonlyArray<Row>
): WireResponse => {
  const columns: ReadonlyArray<Column> = [
    { name: "window_start", cell: (row) => Timestamp.withoutFraction(windowOf(frame, row)[0]) },
    { name: "window_end", cell: (row) => Timestamp.withoutFraction(windowOf(frame, row)[1]) },
    ...(bySubject ? subjectColumns(state, rows) : []),
    // `customer_id` is looked up among the groups, where it never is.
    ...groups.map((name): Column => ({ name, cell: (row) => row.groupBy[name] ?? "" })),
    { name: "value", cell: (row) => decimal(row.value) }
  ]
  const names = columns.map((column) => column.name)
  const lines = rows.map((row) => columns.map((column) => column.cell(row)))
  const response = text(200, "text/csv", csv([names, ...lines]))
  return {
    ...response,
    headers: { ...response.headers, "content-disposition": `attachment; filename=${meter.slug}.csv` }
  }
}
