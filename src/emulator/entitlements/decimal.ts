/**
 * Decimal arithmetic on numbers: each operation is exact on the decimals that the numbers print as, and the result is
 * the nearest number. So 0.1 and 0.2 make 0.3, as in the server's balances.
 */
import * as BigDecimal from "effect/BigDecimal"

const exact =
  (operation: (a: BigDecimal.BigDecimal, b: BigDecimal.BigDecimal) => BigDecimal.BigDecimal) =>
  (a: number, b: number, quick: number): number =>
    // Whole numbers below 2^53 need no decimals.
    Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(quick)
      ? quick
      : BigDecimal.toNumberUnsafe(operation(BigDecimal.fromNumberUnsafe(a), BigDecimal.fromNumberUnsafe(b)))

const exactSum = exact(BigDecimal.sum)
const exactDifference = exact(BigDecimal.subtract)

/** The sum of two numbers. */
export const plus = (a: number, b: number): number => exactSum(a, b, a + b)

/** The difference of two numbers. */
export const minus = (a: number, b: number): number => exactDifference(a, b, a - b)

/** The sum of numbers. */
export const sum = (numbers: Iterable<number>): number => {
  let total = 0
  for (const number of numbers) total = plus(total, number)
  return total
}
