/**
 * What the server tells about itself: the currencies it knows, and how far a long operation is.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { Timestamp } from "./Timestamp.ts"

/**
 * A currency that the server knows.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Currency = Schema.Struct({
  code: Schema.String.annotateKey({ description: "The currency's code: three letters by ISO 4217." }),
  name: Schema.String.annotateKey({ description: "The currency's name in English." }),
  symbol: Schema.String.annotateKey({ description: "The sign that amounts are shown with." }),
  subunits: Schema.Number.annotateKey({
    description: "How many decimal digits an amount has, e.g. 2 where a hundredth is the smallest coin."
  })
}).annotate({ identifier: "Currency" })

/**
 * A currency that the server knows.
 *
 * @since 2.0.0
 * @category models
 */
export interface Currency extends Schema.Schema.Type<typeof Currency> {}

/**
 * How far a long operation is.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Progress = Schema.Struct({
  success: Schema.Number.annotateKey({ description: "How many items are done, from 0." }),
  failed: Schema.Number.annotateKey({ description: "How many items have failed, from 0." }),
  total: Schema.Number.annotateKey({ description: "How many items there are, from 0." }),
  updatedAt: Timestamp.annotateKey({ description: "When the counts were last changed." })
}).annotate({ identifier: "Progress" })

/**
 * How far a long operation is.
 *
 * @since 2.0.0
 * @category models
 */
export interface Progress extends Schema.Schema.Type<typeof Progress> {}
