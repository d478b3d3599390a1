/**
 * Features: what entitlements are given for. Archived ones stay for the entitlements that refer to them.
 */
import { notFoundText } from "../Refusal.ts"
import type { StoredFeature } from "./records.ts"
import type { State } from "./State.ts"
import * as Table from "./Table.ts"
import { nextUlid } from "./ulid.ts"

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

/** Stores a new feature under a key that no other feature holds. */
export const create = (
  state: State,
  now: number,
  fields: Omit<StoredFeature, "id" | "createdAt" | "updatedAt" | "archivedAt">
): StoredFeature =>
  Table.put(
    state.features,
    { ...fields, id: nextUlid(state, now), createdAt: now, updatedAt: now, archivedAt: undefined },
    fields.key
  )

/** Archives a feature and frees its key; the entitlements that refer to it live on. */
export const archive = (state: State, now: number, feature: StoredFeature): void => {
  Table.put(state.features, { ...feature, updatedAt: now, archivedAt: now }, undefined)
}
