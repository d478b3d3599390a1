/**
 * Subjects: what emits usage. Deleting is soft: a deleted subject stays readable by its id.
 */
import { conflict, notFound } from "../Refusal.ts"
import type { StoredSubject } from "./records.ts"
import type { State } from "./State.ts"
import * as Table from "./Table.ts"
import { nextUlid } from "./ulid.ts"

/** What a caller may set of a subject. */
export type SubjectFields = Pick<StoredSubject, "displayName" | "metadata" | "stripeCustomerId">

/** The subject of an id, deleted or not, or else of a key; `undefined` if there is none. */
export const find = (state: State, idOrKey: string): StoredSubject | undefined =>
  Table.byIdOrKey(state.subjects, idOrKey)

/** Like `find`, but an unknown subject is refused with 404. */
export const get = (state: State, idOrKey: string): StoredSubject => {
  const subject = find(state, idOrKey)
  if (subject === undefined) throw notFound(`subject not found [namespace=default subject.idOrKey=${idOrKey}]`)
  return subject
}

/** Stores a new subject under a key that no other subject holds. */
export const create = (state: State, now: number, key: string, fields: SubjectFields): StoredSubject => {
  if (Table.byKey(state.subjects, key) !== undefined) throw conflict(`subject with key already exists: ${key}`)
  const subject = { ...fields, id: nextUlid(state, now), key, createdAt: now, updatedAt: now, deletedAt: undefined }
  return Table.put(state.subjects, subject, key)
}

/** Replaces what a caller may set. */
export const update = (
  state: State,
  now: number,
  subject: StoredSubject,
  fields: Partial<SubjectFields>
): StoredSubject => Table.put(state.subjects, { ...subject, ...fields, updatedAt: now }, subject.key)

/** Deletes a subject and frees its key; an already deleted one stays as it is. */
export const remove = (state: State, now: number, subject: StoredSubject): void => {
  if (subject.deletedAt === undefined) {
    Table.put(state.subjects, { ...subject, updatedAt: now, deletedAt: now }, undefined)
  }
}
