/**
 * Meters in the state: found by id or slug. Deleting is soft: a deleted meter stays usable by its id.
 */
import type { StoredMeter } from "../metering/Meter.ts"
import { notFound } from "../Refusal.ts"
import type { State } from "./State.ts"
import * as Table from "./Table.ts"

/** The meter of an id, deleted or not, or else of a slug; an unknown one is refused with 404. */
export const get = (state: State, idOrSlug: string): StoredMeter => {
  const meter = Table.byIdOrKey(state.meters, idOrSlug)
  if (meter === undefined) throw notFound(`meter not found: ${idOrSlug}`)
  return meter
}

/** The meter that holds a slug now; an unknown one is refused with 404. */
export const getBySlug = (state: State, slug: string): StoredMeter => {
  const meter = Table.byKey(state.meters, slug)
  if (meter === undefined) throw notFound(`meter not found: ${slug}`)
  return meter
}

/** The meters that are not deleted. */
export const live = (state: State): ReadonlyArray<StoredMeter> =>
  [...state.meters.rows.values()].filter((meter) => meter.deletedAt === undefined)

/** Stores a meter in place of the former one of its id. */
export const put = (state: State, meter: StoredMeter): StoredMeter =>
  Table.put(state.meters, meter, meter.deletedAt === undefined ? meter.slug : undefined)
