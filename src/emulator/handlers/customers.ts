/**
 * Customers: create, list, get, update, delete.
 */
import { empty, json } from "../http/Handler.ts"
import { jsonBody, operation } from "../http/operation.ts"
import * as Paging from "../http/Paging.ts"
import * as Param from "../http/Param.ts"
import type { Handlers } from "../http/router.ts"
import * as Wire from "../http/Wire.ts"
import { formatInstant, formatOptional } from "../instant.ts"
import { conflict, validationError } from "../Refusal.ts"
import { isCurrency } from "../store/currencies.ts"
import type { CustomerFields } from "../store/Customer.ts"
import * as Customer from "../store/Customer.ts"
import * as Entitlement from "../store/Entitlement.ts"
import type { Address, StoredCustomer } from "../store/records.ts"

const part = Wire.optional(Wire.string())

const Address = Wire.struct({
  country: Wire.optional(Wire.allOf(Wire.string({ minLength: 2, maxLength: 2, pattern: "^[A-Z]{2}$" }))),
  postalCode: part,
  state: part,
  city: part,
  line1: part,
  line2: part,
  phoneNumber: part
})

const CustomerInput = Wire.struct({
  name: Wire.string({ minLength: 1, maxLength: 256 }),
  description: Wire.optional(Wire.string({ maxLength: 1024 })),
  metadata: Wire.optional(Wire.nullable(Wire.allOf(Wire.metadata))),
  key: Wire.optional(Wire.string({ minLength: 1, maxLength: 256 })),
  usageAttribution: Wire.optional(Wire.allOf(Wire.struct({ subjectKeys: Wire.array(Wire.string({ minLength: 1 })) }))),
  primaryEmail: Wire.optional(Wire.string()),
  currency: Wire.optional(Wire.allOf(Wire.string({ minLength: 3, maxLength: 3, pattern: "^[A-Z]{3}$" }))),
  billingAddress: Wire.optional(Wire.allOf(Address))
})

type CustomerInput = Wire.Type<typeof CustomerInput>

const addressParts = ["country", "postalCode", "state", "city", "line1", "line2", "phoneNumber"] as const

const addressOf = (input: Address): Address =>
  Object.fromEntries(addressParts.flatMap((part) => (input[part] === undefined ? [] : [[part, input[part]]])))

const fieldsOf = (input: CustomerInput): CustomerFields => ({
  key: input.key,
  name: input.name,
  description: input.description,
  metadata: input.metadata ?? {},
  subjectKeys: input.usageAttribution?.subjectKeys ?? [],
  primaryEmail: input.primaryEmail,
  currency: input.currency,
  billingAddress: addressOf(input.billingAddress ?? {})
})

const encode = (customer: StoredCustomer) => ({
  id: customer.id,
  key: customer.key,
  name: customer.name,
  description: customer.description,
  metadata: Object.keys(customer.metadata).length === 0 ? undefined : customer.metadata,
  usageAttribution: customer.subjectKeys.length === 0 ? undefined : { subjectKeys: customer.subjectKeys },
  primaryEmail: customer.primaryEmail,
  currency: customer.currency,
  billingAddress: Object.keys(customer.billingAddress).length === 0 ? undefined : customer.billingAddress,
  createdAt: formatInstant(customer.createdAt),
  updatedAt: formatInstant(customer.updatedAt),
  deletedAt: formatOptional(customer.deletedAt)
})

// `context` is the server's prefix: every layer that an error passes through adds one.
const refuseFields = (input: CustomerInput, context: string): void => {
  if (input.currency !== undefined && !isCurrency(input.currency)) {
    throw validationError(`${context}validation error: validation error: invalid fiat currency code: ${input.currency}`)
  }
  if (input.key === undefined && (input.usageAttribution?.subjectKeys ?? []).length === 0) {
    throw validationError(`${context}validation error: either key or usageAttribution.subjectKeys must be provided`)
  }
}

const createCustomer = operation(
  { body: jsonBody(Wire.component("CustomerCreate", CustomerInput)) },
  ({ state, now, body }) => {
    refuseFields(body, "error creating customer: validation error: ")
    return json(201, encode(Customer.create(state, now, fieldsOf(body))))
  }
)

const path = { customerIdOrKey: Wire.ulidOrExternalKey }
const expand = Param.array(Wire.literals("subscriptions"))

const getCustomer = operation({ path, query: { expand } }, ({ state, path }) =>
  json(200, encode(Customer.get(state, path.customerIdOrKey)))
)

const updateCustomer = operation(
  { path, body: jsonBody(Wire.component("CustomerReplaceUpdate", CustomerInput)) },
  ({ state, now, path, body }) => {
    const customer = Customer.getLive(state, path.customerIdOrKey)
    refuseFields(body, "validation error: ")
    const fields = fieldsOf(body)
    const updated = Customer.update(state, now, customer, {
      ...fields,
      // An update replaces everything but these: email and currency are kept if absent, an address is merged.
      primaryEmail: fields.primaryEmail ?? customer.primaryEmail,
      currency: fields.currency ?? customer.currency,
      billingAddress: body.billingAddress === undefined ? {} : { ...customer.billingAddress, ...fields.billingAddress }
    })
    return json(200, encode(updated))
  }
)

const deleteCustomer = operation({ path }, ({ state, now, path }) => {
  const customer = Customer.getLive(state, path.customerIdOrKey)
  if (Entitlement.activeOf(state, customer, now).length > 0) {
    throw conflict(
      `customer ${customer.id} still has active entitlements, please remove them before deleting the customer`
    )
  }
  Customer.remove(state, now, customer)
  return empty(204)
})

const contains = (text: string | undefined, part: string | undefined): boolean =>
  part === undefined || (text !== undefined && text.toLowerCase().includes(part.toLowerCase()))

const refuseEmpty = (filters: Readonly<Record<string, string | undefined>>): void => {
  const blank = Object.keys(filters).find((name) => filters[name] === "")
  if (blank !== undefined) {
    throw validationError(
      `validation error: validation error: invalid ${blank} filter: validation error: filter is invalid: format mismatch`
    )
  }
}

const orderKeys: Readonly<Record<"id" | "name" | "createdAt", (customer: StoredCustomer) => string | number>> = {
  id: (customer) => customer.id,
  name: (customer) => customer.name,
  createdAt: (customer) => customer.createdAt
}

const listCustomers = operation(
  {
    query: {
      ...Paging.pageParams,
      order: Paging.order,
      orderBy: Param.string(Wire.literals("id", "name", "createdAt")),
      includeDeleted: Param.boolean,
      key: Param.string(),
      name: Param.string(),
      primaryEmail: Param.string(),
      subject: Param.string(),
      planKey: Param.string(),
      expand
    }
  },
  ({ state, query }) => {
    const { key, name, primaryEmail, subject, planKey } = query
    refuseEmpty({ key, name, primaryEmail, subject, planKey })
    const found = [...state.customers.rows.values()].filter(
      (customer) =>
        (customer.deletedAt === undefined || query.includeDeleted === true) &&
        contains(customer.key, key) &&
        contains(customer.name, name) &&
        contains(customer.primaryEmail, primaryEmail) &&
        // A deleted customer has no usage attributed any more.
        (subject === undefined ||
          (customer.deletedAt === undefined && customer.subjectKeys.some((key) => contains(key, subject)))) &&
        // The emulator has no subscriptions.
        planKey === undefined
    )
    const sorted = Paging.sortedBy(found, orderKeys[query.orderBy ?? "name"], query.order)
    return json(200, Paging.page(sorted.map(encode), query))
  }
)

/** The handlers of customers. */
export const customers = {
  createCustomer,
  listCustomers,
  getCustomer,
  updateCustomer,
  deleteCustomer
} satisfies Handlers
