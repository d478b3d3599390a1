/**
 * Customers: who is entitled to and billed for the usage of their subjects.
 */
import { notFound, preconditionFailed } from "../http/Problem.ts"
import type { State } from "./State.ts"
import * as Table from "./Table.ts"

/** The billing address of a customer; each part is kept as given. */
export type Address = Readonly<
  Partial<Record<"country" | "postalCode" | "state" | "city" | "line1" | "line2" | "phoneNumber", string>>
>

/** A customer as it is stored. */
export interface StoredCustomer {
  readonly id: string
  readonly key: string | undefined
  readonly name: string
  readonly description: string | undefined
  readonly metadata: Readonly<Record<string, string>>
  /** The keys of its subjects, in byte order. A deleted customer keeps them for display. */
  readonly subjectKeys: ReadonlyArray<string>
  readonly primaryEmail: string | undefined
  readonly currency: string | undefined
  readonly billingAddress: Address | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | undefined
}

/** The customer of an id or key that may be deleted if it was named by its id; an unknown one is refused with 404. */
export const get = (state: State, idOrKey: string): StoredCustomer => {
  const customer = Table.byIdOrKey(state.customers, idOrKey)
  if (customer === undefined) {
    throw notFound(`customer with id or key ${idOrKey} not found in default namespace`)
  }
  return customer
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
