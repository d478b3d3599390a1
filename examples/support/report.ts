/**
 * The output of the quickstarts.
 */
import type { EntitlementValueV2, MeterQueryRow } from "@openmeter/sdk"
import { bar, columns, count, percent, sparkline, table } from "./terminal.ts"
import { customers, endOf, month } from "./usage.ts"

const date = (time: Date, options: Intl.DateTimeFormatOptions): string =>
  time.toLocaleDateString("en-GB", { timeZone: "UTC", day: "numeric", month: "short", ...options })

const sumBy = (
  rows: ReadonlyArray<MeterQueryRow>,
  key: (row: MeterQueryRow) => string
): ReadonlyMap<string, number> => {
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(key(row), (sums.get(key(row)) ?? 0) + row.value)
  return new Map([...sums].sort(([, a], [, b]) => b - a))
}

/** The usage of a month. */
export interface Usage {
  readonly start: Date
  /** By day and model. */
  readonly byDay: ReadonlyArray<MeterQueryRow>
  /** By subject. */
  readonly byCustomer: ReadonlyArray<MeterQueryRow>
}

/** Usage by day, by model and by customer. */
export const usageReport = ({ byCustomer, byDay, start }: Usage): string => {
  const days = Array.from({ length: month.days }, (_, i) => new Date(start.getTime() + i * 24 * 60 * 60 * 1000))
  const last = new Date(endOf(start).getTime() - 1)
  const byTime = (rows: ReadonlyArray<MeterQueryRow>) => {
    const sums = sumBy(rows, (row) => row.windowStart.toISOString())
    return days.map((day) => sums.get(day.toISOString()) ?? 0)
  }
  const chart = columns(byTime(byDay), (i) => (i % 7 === 0 ? date(days[i]!, { weekday: "short" }) : ""))

  const model = (row: MeterQueryRow) => row.groupBy["model"] ?? ""
  const subjects = sumBy(byCustomer, (row) => row.subject ?? "")
  const total = byCustomer.reduce((sum, { value }) => sum + value, 0)
  const most = Math.max(...subjects.values())
  const names = new Map<string, string>(customers.map(({ key, name }) => [key, name]))
  const shares = table(
    [
      ["Model", "Tokens", "Share", "By day"],
      ...[...sumBy(byDay, model)].map(([name, value]) => [
        name,
        count(value),
        percent(value, total),
        sparkline(byTime(byDay.filter((row) => model(row) === name)))
      ]),
      [],
      ["Customer", "Tokens", "Share"],
      ...[...subjects].map(([key, value]) => [
        names.get(key) ?? key,
        count(value),
        percent(value, total),
        bar(value, most, month.days).trimEnd()
      ]),
      ["Total", count(total)]
    ],
    [1, 2]
  )
  return `\nTokens by day, ${date(start, {})} to ${date(last, { year: "numeric" })}\n\n${chart}\n\n${shares}\n`
}

/** What a customer has left. */
export const balanceReport = (name: string, { balance = 0, overage = 0, usage = 0 }: EntitlementValueV2): string => {
  const granted = usage + balance - overage
  const share = bar(usage, granted, 40, "░")
  return `\n${name} has ${count(granted)} tokens a year\n\n  ${share}  ${count(usage)} used, ${count(balance)} left\n\n`
}
