/**
 * Meters as the emulator keeps them.
 */

/** How a meter makes one number from many events. */
export type Aggregation = "SUM" | "COUNT" | "UNIQUE_COUNT" | "AVG" | "MIN" | "MAX" | "LATEST"

/** What aggregating events needs to know of a meter. */
export interface Metering {
  readonly eventType: string
  /** No event before this instant (epoch milliseconds) counts. */
  readonly eventFrom: number | undefined
  readonly aggregation: Aggregation
  /** The JSON path of the value; a COUNT has none. */
  readonly valueProperty: string | undefined
  /** The JSON paths of the groups, by key. */
  readonly groupBy: Readonly<Record<string, string>>
}

/** A meter; deleted ones are kept, since they are still found by id. Instants are epoch milliseconds. */
export interface StoredMeter extends Metering {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly description: string | undefined
  readonly metadata: Readonly<Record<string, string>> | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | undefined
}
