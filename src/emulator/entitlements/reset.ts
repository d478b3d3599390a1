/**
 * Resets: the end of one usage period and the start of the next.
 */
import { burnDown } from "./burnDown.ts"
import { sum } from "./decimal.ts"
import * as Grant from "./Grant.ts"
import type { Segment } from "./segment.ts"
import * as Snapshot from "./snapshot.ts"

/**
 * Rolls over the grants, then drops the overage or, if it is preserved, burns it down from what was rolled over. The
 * new period begins without usage.
 */
export const reset = (
  grants: ReadonlyArray<Grant.Grant>,
  before: Snapshot.BalanceSnapshot,
  preserveOverage: boolean
): Segment => {
  const rolledOver = grants.filter((grant) => Grant.isRolledOverAt(grant, before.at)).sort(Grant.burnOrder)
  const balances = Object.fromEntries(
    rolledOver.map((grant) => [grant.id, Grant.rollOver(grant, before.balances[grant.id] ?? 0)])
  )
  const overage = preserveOverage ? before.overage : 0
  const burnt = overage === 0 ? { balances, grantUsages: [], overage } : burnDown(rolledOver, balances, overage)
  const granted = sum(burnt.grantUsages.map(({ usage }) => usage))
  return {
    start: Snapshot.periodStart(before.at, balances, overage, 0),
    end: Snapshot.periodStart(before.at, burnt.balances, burnt.overage, granted),
    usage: 0,
    grantUsages: burnt.grantUsages
  }
}
