/**
 * The wire schema of filters over texts.
 */
import type { StringFilter } from "../metering/StringFilter.ts"
import * as Wire from "./Wire.ts"

const operand = Wire.optional(Wire.nullable(Wire.string()))
const operands = Wire.optional(Wire.nullable(Wire.array(Wire.string())))
const filters = Wire.optional(Wire.nullable(Wire.array(Wire.suspend(() => FilterString))))

/** A filter over a text: `{ "$eq": "a" }`. */
export const FilterString: Wire.Schema<StringFilter> = Wire.struct({
  $eq: operand,
  $ne: operand,
  $in: operands,
  $nin: operands,
  $like: operand,
  $nlike: operand,
  $ilike: operand,
  $nilike: operand,
  $gt: operand,
  $gte: operand,
  $lt: operand,
  $lte: operand,
  $and: filters,
  $or: filters
})
