/**
 * Customers: who is entitled to and billed for the usage of their subjects.
 */
import { compareCodePoints } from "../codePoints.ts"
import { conflict, notFound, preconditionFailed, validationError } from "../Refusal.ts"
import type { StoredCustomer } from "./records.ts"
import type { State } from "./State.ts"
import * as Subject from "./Subject.ts"
import * as Table from "./Table.ts"
import { nextUlid } from "./ulid.ts"

/** What a caller may set of a customer. */
export type CustomerFields = Omit<StoredCustomer, "id" | "createdAt" | "updatedAt" | "deletedAt">

/** The customer of an id, deleted or not, or else of a key; an unknown one is refused with 404. */
export const get = (state: State, idOrKey: string): StoredCustomer => {
  const customer = Table.byIdOrKey(state.customers, idOrKey)
  if (customer === undefined) {
    throw notFound(`customer with id or key ${idOrKey} not found in default namespace`)
  }
  return customer
}

/** The customer of an id, unless it is deleted; a key names none. */
export const findLive = (state: State, id: string): StoredCustomer | undefined => {
  const customer = state.customers.rows.get(id)
  return customer?.deletedAt === undefined ? customer : undefined
}

/** Like `get`, but a deleted customer is refused with 412. */
export const getLive = (state: State, idOrKey: string): StoredCustomer => {
  const customer = get(state, idOrKey)
  if (customer.deletedAt !== undefined) {
    throw preconditionFailed(`customer is deleted [namespace=default customer.id=${customer.id}]`)
  }
  return customer
}

/** The customer that a subject key stands for: the one with that key, else the one it is attributed to. */
export const bySubjectKey = (state: State, subjectKey: string): StoredCustomer | undefined => {
  const byKey = Table.byKey(state.customers, subjectKey)
  if (byKey !== undefined) return byKey
  const id = state.attributions.get(subjectKey)
  return id === undefined ? undefined : state.customers.rows.get(id)
}

/** Like `bySubjectKey`, but a subject without a customer is refused with 404. */
export const ofSubject = (state: State, subjectKey: string): StoredCustomer => {
  const customer = bySubjectKey(state, subjectKey)
  if (customer === undefined) {
    throw notFound(`customer with subject key ${subjectKey} not found in default namespace`)
  }
  return customer
}

/** The subjects whose usage is the customer's: all of its own, whenever they were added, and the one of its key. */
export const usageSubjects = ({ key, subjectKeys }: StoredCustomer): ReadonlyArray<string> =>
  key === undefined ? subjectKeys : [...subjectKeys, key]

const inOrder = (keys: Iterable<string>): ReadonlyArray<string> => [...keys].sort(compareCodePoints)

const refuseKey = (state: State, id: string | undefined, key: string | undefined): void => {
  if (key === undefined) return
  if (key !== id && state.customers.rows.has(key)) throw conflict(`key ${key} overlaps with id of another customer`)
  const attributed = state.attributions.get(key)
  if (attributed !== undefined && attributed !== id) {
    throw conflict(`key ${key} overlaps with subject of another customer: ${attributed}`)
  }
  const holder = Table.byKey(state.customers, key)
  if (holder !== undefined && holder.id !== id) {
    throw conflict(`key "${key}" is already used by an another customer in the namespace default`)
  }
}

// `added` are the keys that the customer does not have yet.
const refuseSubjectKeys = (state: State, id: string, added: ReadonlyArray<string>): void => {
  const repeated = new Set(added).size < added.length
  if (repeated || added.some((key) => state.attributions.has(key))) {
    throw conflict(
      `one or multiple subject keys of [${added.join(", ")}] are already associated with an different customer ` +
        "in the namespace default"
    )
  }
  const identifier = added.find((key) => Table.byKey(state.subjects, key) === undefined && state.subjects.rows.has(key))
  if (identifier !== undefined) {
    throw validationError(
      `use subject key instead of id for usage attribution ` +
        `[namespace=default customer.id=${id} customer.usage_attribution_key: ${identifier}]`
    )
  }
}

const put = (state: State, now: number, customer: StoredCustomer): StoredCustomer => {
  for (const key of customer.subjectKeys) {
    state.attributions.set(key, customer.id)
    if (Table.byKey(state.subjects, key) === undefined) {
      Subject.create(state, now, key, {
        displayName: undefined,
        metadata: { createdBy: "subject.provisioner", customerId: customer.id },
        stripeCustomerId: undefined
      })
    }
  }
  return Table.put(state.customers, customer, customer.key)
}

const release = (state: State, customer: StoredCustomer): void => {
  for (const key of customer.subjectKeys) state.attributions.delete(key)
}

/** Stores a new customer and the subjects that it is the first to name; a conflict leaves everything as it was. */
export const create = (state: State, now: number, fields: CustomerFields): StoredCustomer => {
  refuseKey(state, undefined, fields.key)
  const id = nextUlid(state, now)
  refuseSubjectKeys(state, id, fields.subjectKeys)
  const subjectKeys = inOrder(fields.subjectKeys)
  return put(state, now, { ...fields, subjectKeys, id, createdAt: now, updatedAt: now, deletedAt: undefined })
}

/** Replaces what a caller may set; a conflict leaves everything as it was. */
export const update = (state: State, now: number, customer: StoredCustomer, fields: CustomerFields): StoredCustomer => {
  refuseKey(state, customer.id, fields.key)
  refuseSubjectKeys(
    state,
    customer.id,
    fields.subjectKeys.filter((key) => !customer.subjectKeys.includes(key))
  )
  release(state, customer)
  return put(state, now, {
    ...customer,
    ...fields,
    subjectKeys: inOrder(new Set(fields.subjectKeys)),
    updatedAt: now
  })
}

/** Deletes a customer; its key and its subject keys are free at once, its subjects stay. */
export const remove = (state: State, now: number, customer: StoredCustomer): void => {
  release(state, customer)
  Table.put(state.customers, { ...customer, updatedAt: now, deletedAt: now }, undefined)
}
