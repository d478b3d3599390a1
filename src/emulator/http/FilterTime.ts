/**
 * The wire schema of filters over instants.
 */
import type { TimeFilter } from "../metering/TimeFilter.ts"
import * as Wire from "./Wire.ts"

const operand = Wire.optional(Wire.nullable(Wire.dateTime))
const filters = Wire.optional(Wire.nullable(Wire.array(Wire.suspend(() => FilterTime))))

/** A filter over an instant: `{ "$gte": "2025-01-01T00:00:00Z" }`. */
export const FilterTime: Wire.Schema<TimeFilter> = Wire.struct({
  $gt: operand,
  $gte: operand,
  $lt: operand,
  $lte: operand,
  $and: filters,
  $or: filters
})
