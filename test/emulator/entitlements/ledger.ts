/**
 * Two independent ways to check a calculation: an account book of every grant, and a clock that goes hour by hour.
 */
import { assert } from "@effect/vitest"
import type { Account } from "../../../src/emulator/entitlements/Account.ts"
import type { Run } from "../../../src/emulator/entitlements/engine.ts"
import type { Grant } from "../../../src/emulator/entitlements/Grant.ts"
import { resetsBetween } from "../../../src/emulator/entitlements/usagePeriod.ts"
import { hour } from "./fixtures.ts"

const isActive = (grant: Grant, instant: number): boolean =>
  grant.effectiveAt <= instant && instant < (grant.expiresAt ?? Infinity) && instant < (grant.voidedAt ?? Infinity)

const recurs = ({ recurrence }: Grant, instant: number): boolean =>
  recurrence !== undefined && (instant - recurrence.anchor) % recurrence.interval.duration.milliseconds === 0

const isRolledOver = (grant: Grant, reset: number): boolean =>
  grant.effectiveAt <= reset && reset < (grant.expiresAt ?? Infinity) && reset <= (grant.voidedAt ?? Infinity)

const clamp = (grant: Grant, balance: number): number =>
  Math.min(grant.maxRolloverAmount, Math.max(grant.minRolloverAmount, balance))

/** What became of all that a grant was given. */
export interface Book {
  /** By the grant itself, by its recurrences, and by rollover where that lifts a balance. */
  given: number
  burnt: number
  /** By rollover where that cuts a balance, and by recurrence where that cuts what rollover had lifted. */
  lost: number
  /** By expiry or by void. */
  ended: number
  remaining: number
}

/** Books every movement of every grant from the beginning of an account; each has to have its reason. */
export const booksOf = (account: Account, { end, segments }: Run): ReadonlyArray<Book> => {
  const resets = resetsBetween(account.periods, account.periods.measureUsageFrom, end.at)
  return account.grants.map((grant) => {
    const book: Book = { given: 0, burnt: 0, lost: 0, ended: 0, remaining: 0 }
    const pending = new Set(resets)
    for (const { end, grantUsages, start } of segments) {
      const at = start.at
      // Of the segments that begin at a reset the first is the reset itself.
      const isReset = pending.delete(at)
      const balance = start.balances[grant.id] ?? 0
      const before = book.remaining
      const isGone = isReset ? !isRolledOver(grant, at) : !isActive(grant, at)
      const isWhole = !isReset && (grant.effectiveAt === at || recurs(grant, at))
      assert.strictEqual(balance, isGone ? 0 : isReset ? clamp(grant, before) : isWhole ? grant.amount : before)
      if (isGone) book.ended += before
      else if (balance > before) book.given += balance - before
      else book.lost += before - balance
      const usage = grantUsages.find(({ grantId }) => grantId === grant.id)?.usage ?? 0
      book.burnt += usage
      book.remaining = end.balances[grant.id] ?? 0
      assert.strictEqual(book.remaining, balance - usage)
    }
    return book
  })
}

/** What the clock shows. */
export interface Reading {
  readonly balances: Readonly<Record<string, number>>
  readonly overage: number
  readonly usage: number
}

/** Lives an account of whole hours hour by hour, with nothing remembered and nothing taken together. */
export const live = (account: Account, until: number): Reading => {
  const { grants, periods, preserveOverageAtReset } = account
  const resets = new Set(resetsBetween(periods, periods.measureUsageFrom, hour(until)))
  const balances = new Map<string, number>()
  let overage = 0
  let usage = 0
  const burn = (amount: number): number => {
    const inOrder = grants
      .filter(({ id }) => balances.has(id))
      .sort(
        (a, b) =>
          a.priority - b.priority ||
          Math.sign((a.expiresAt ?? Number.MAX_VALUE) - (b.expiresAt ?? Number.MAX_VALUE)) ||
          a.createdAt - b.createdAt
      )
    let left = amount
    for (const { id } of inOrder) {
      const taken = Math.min(left, balances.get(id) ?? 0)
      balances.set(id, (balances.get(id) ?? 0) - taken)
      left -= taken
    }
    return left
  }
  const rollOver = (at: number): void => {
    for (const grant of grants) {
      const balance = balances.get(grant.id) ?? 0
      balances.delete(grant.id)
      if (isRolledOver(grant, at)) balances.set(grant.id, clamp(grant, balance))
    }
    overage = preserveOverageAtReset ? burn(overage) : 0
    usage = 0
  }
  const fillUp = (at: number): void => {
    for (const grant of grants) {
      if (!isActive(grant, at)) balances.delete(grant.id)
      else if (grant.effectiveAt === at || recurs(grant, at)) balances.set(grant.id, grant.amount)
    }
  }
  for (let n = 0; n < until; n++) {
    const at = hour(n)
    if (resets.has(at)) rollOver(at)
    fillUp(at)
    const used = account.usage.between(at, hour(n + 1))
    usage += used
    overage = burn(used + overage)
  }
  const end = hour(until)
  if (resets.has(end)) rollOver(end)
  // At the very end a grant that only begins does not count yet, unless something else begins a segment there.
  if (resets.has(end) || until === 0 || grants.some((grant) => isActive(grant, end) && recurs(grant, end))) {
    fillUp(end)
    overage = burn(overage)
  }
  const active = grants.filter((grant) => isActive(grant, end))
  return { balances: Object.fromEntries(active.map(({ id }) => [id, balances.get(id) ?? 0])), overage, usage }
}
