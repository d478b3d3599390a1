/**
 * Features: what entitlements are given for. Archived ones stay for the entitlements that refer to them.
 */
import { notFoundText } from "../http/Problem.ts"
import type { State } from "./State.ts"
import * as Table from "./Table.ts"

/** A condition on one group of a meter: an operator (`$eq`, `$in`, …) and its operand. */
export type GroupByFilter = Readonly<Record<string, unknown>>

/** A feature as it is stored. */
export interface StoredFeature {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly metadata: Readonly<Record<string, string>> | undefined
  readonly meterId: string | undefined
  readonly meterSlug: string | undefined
  /** Which events of the meter count, by group. */
  readonly meterGroupByFilters: Readonly<Record<string, GroupByFilter>>
  readonly unitCost: Readonly<Record<string, unknown>> | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly archivedAt: number | undefined
}

/** The feature of an id or key that is not archived. */
export const find = (state: State, idOrKey: string): StoredFeature | undefined => {
  const feature = Table.byIdOrKey(state.features, idOrKey)
  return feature?.archivedAt === undefined ? feature : undefined
}

/** Like `find`, but an unknown or archived feature is refused with 404. */
export const get = (state: State, idOrKey: string): StoredFeature => {
  const feature = find(state, idOrKey)
  if (feature === undefined) throw notFoundText(`feature not found: ${idOrKey}`)
  return feature
}
