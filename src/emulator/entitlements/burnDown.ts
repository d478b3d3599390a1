/**
 * Burn-down: an amount of usage taken from the balances of grants, in burn order.
 */
import { minus } from "./decimal.ts"
import type { Grant } from "./Grant.ts"

/** The balance of each grant by its id; 0 for a grant that is missing. */
export type Balances = Readonly<Record<string, number>>

/** How much was taken from a grant. */
export interface GrantUsage {
  readonly grantId: string
  readonly usage: number
}

/** The result of a burn-down. */
export interface BurnDown {
  readonly balances: Balances
  /** Every grant that had a balance, in burn order, even if nothing was taken from it. */
  readonly grantUsages: ReadonlyArray<GrantUsage>
  /** The part of the amount that no grant could cover. */
  readonly overage: number
}

/** Burns down an amount from grants in burn order. A negative amount adds to the first. */
export const burnDown = (grants: ReadonlyArray<Grant>, balances: Balances, amount: number): BurnDown => {
  const left: Record<string, number> = { ...balances }
  const grantUsages: Array<GrantUsage> = []
  let overage = amount
  for (const { id } of grants) {
    const balance = left[id] ?? 0
    if (balance === 0) continue
    const usage = Math.min(balance, overage)
    left[id] = minus(balance, usage)
    overage = minus(overage, usage)
    grantUsages.push({ grantId: id, usage })
  }
  return { balances: left, grantUsages, overage }
}
