/**
 * Information about the server: supported currencies, and progress of long-running operations.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { Timestamp } from "./Timestamp.ts"

/**
 * A currency that the server supports.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Currency = Schema.Struct({
  code: Schema.String.annotateKey({ description: "Currency code: three letters as in ISO 4217." }),
  name: Schema.String.annotateKey({ description: "Name of the currency in English." }),
  symbol: Schema.String.annotateKey({ description: "Symbol shown with amounts." }),
  subunits: Schema.Number.annotateKey({
    description: "Number of decimal places of an amount, e.g. 2 for a currency with cents."
  })
}).annotate({ identifier: "Currency" })

/**
 * A currency that the server supports.
 *
 * @since 2.0.0
 * @category models
 */
export interface Currency extends Schema.Schema.Type<typeof Currency> {}

/**
 * Progress of a long-running operation.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Progress = Schema.Struct({
  success: Schema.Number.annotateKey({ description: "Number of completed items." }),
  failed: Schema.Number.annotateKey({ description: "Number of failed items." }),
  total: Schema.Number.annotateKey({ description: "Total number of items." }),
  updatedAt: Timestamp.annotateKey({ description: "When the counts were last changed." })
}).annotate({ identifier: "Progress" })

/**
 * Progress of a long-running operation.
 *
 * @since 2.0.0
 * @category models
 */
export interface Progress extends Schema.Schema.Type<typeof Progress> {}
