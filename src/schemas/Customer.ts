/**
 * Customers: whom to bill, and the subjects whose usage is attributed to them.
 *
 * @since 2.0.0
 */
import * as Schema from "effect/Schema"
import { EntitlementValueV2 } from "./EntitlementValue.ts"
import { Annotations, Metadata } from "./Metadata.ts"
import { optional } from "./Optional.ts"
import { orderParams, Page, pageParams } from "./Paging.ts"
import { nullableArray, nullish, OpenEnum } from "./Tolerant.ts"
import { Timestamp } from "./Timestamp.ts"

/**
 * Attribution of usage to a customer, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const UsageAttribution = Schema.Struct({
  subjectKeys: nullableArray(Schema.String).annotateKey({
    description: "Keys of the subjects whose usage is attributed to the customer, in byte order."
  })
}).annotate({ identifier: "UsageAttribution" })

/**
 * Attribution of usage to a customer, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface UsageAttribution extends Schema.Schema.Type<typeof UsageAttribution> {}

/**
 * A postal address, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Address = Schema.Struct({
  country: nullish(Schema.String).annotateKey({ description: "Country, as a two-letter ISO 3166-1 code." }),
  postalCode: nullish(Schema.String).annotateKey({ description: "Postal code." }),
  state: nullish(Schema.String).annotateKey({ description: "State, province or region." }),
  city: nullish(Schema.String).annotateKey({ description: "The city." }),
  line1: nullish(Schema.String).annotateKey({ description: "First address line: street and number." }),
  line2: nullish(Schema.String).annotateKey({ description: "Second address line." }),
  phoneNumber: nullish(Schema.String).annotateKey({ description: "Telephone number." })
}).annotate({ identifier: "Address" })

/**
 * A postal address, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface Address extends Schema.Schema.Type<typeof Address> {}

/**
 * Statuses of a subscription.
 *
 * @since 2.0.0
 * @category schemas
 */
export const SubscriptionStatus = Schema.Literals(["active", "inactive", "canceled", "scheduled"])

/**
 * Statuses of a subscription.
 *
 * @since 2.0.0
 * @category models
 */
export type SubscriptionStatus = typeof SubscriptionStatus.Type

/**
 * The plan version that a subscription follows.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PlanReference = Schema.Struct({
  id: Schema.String.annotateKey({ description: "Id of the plan, a ULID." }),
  key: Schema.String.annotateKey({ description: "Key of the plan, shared by all of its versions." }),
  version: Schema.Number.annotateKey({ description: "Version number, counting from 1." })
}).annotate({ identifier: "PlanReference" })

/**
 * The plan version that a subscription follows.
 *
 * @since 2.0.0
 * @category models
 */
export interface PlanReference extends Schema.Schema.Type<typeof PlanReference> {}

/**
 * A customer's subscription, as returned by the server as part of the customer.
 *
 * Fields that are not listed here are kept as received, in JSON.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerSubscription = Schema.StructWithRest(
  Schema.Struct({
    id: Schema.String.annotateKey({ description: "Id of the subscription, a ULID." }),
    name: Schema.String.annotateKey({ description: "Display name of the subscription." }),
    status: OpenEnum(SubscriptionStatus).annotateKey({ description: "Status of the subscription." }),
    customerId: Schema.String.annotateKey({ description: "Id of the customer." }),
    plan: nullish(PlanReference).annotateKey({
      description: "Plan that the subscription follows. Absent if the subscription is custom."
    }),
    currency: Schema.String.annotateKey({ description: "Currency of the invoices, as a three-letter ISO 4217 code." }),
    billingCadence: Schema.String.annotateKey({
      description: "How often the customer is billed, as an ISO 8601 duration."
    }),
    activeFrom: Timestamp.annotateKey({ description: "When the subscription starts." }),
    activeTo: nullish(Timestamp).annotateKey({ description: "When the subscription ends." }),
    createdAt: Timestamp.annotateKey({ description: "When the subscription was created." }),
    updatedAt: Timestamp.annotateKey({ description: "When the subscription was last changed." }),
    deletedAt: nullish(Timestamp).annotateKey({ description: "When the subscription was deleted." })
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
).annotate({ identifier: "CustomerSubscription" })

/**
 * A customer's subscription, as returned by the server as part of the customer.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerSubscription extends Schema.Schema.Type<typeof CustomerSubscription> {}

/**
 * A customer, as returned by the server.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Customer = Schema.Struct({
  id: Schema.String.annotateKey({ description: "Id of the customer, a ULID." }),
  key: nullish(Schema.String).annotateKey({
    description: "User-defined key of the customer, unique among the customers that are not deleted."
  }),
  name: Schema.String.annotateKey({ description: "Display name of the customer." }),
  description: nullish(Schema.String).annotateKey({ description: "Description of the customer." }),
  usageAttribution: nullish(UsageAttribution).annotateKey({
    description: "Subjects whose usage is attributed to the customer. Absent if there are none."
  }),
  primaryEmail: nullish(Schema.String).annotateKey({ description: "Primary email address of the customer." }),
  currency: nullish(Schema.String).annotateKey({
    description: "Currency of the customer's invoices, as a three-letter ISO 4217 code."
  }),
  billingAddress: nullish(Address).annotateKey({ description: "Address on the customer's invoices." }),
  currentSubscriptionId: nullish(Schema.String).annotateKey({
    description: "Id of the active subscription. Not returned by create and update."
  }),
  subscriptions: nullish(Schema.Array(CustomerSubscription)).annotateKey({
    description: "Subscriptions of the customer. Not returned by create and update."
  }),
  metadata: nullish(Metadata).annotateKey({ description: "User-defined metadata." }),
  annotations: nullish(Annotations).annotateKey({ description: "Metadata attached by the server." }),
  createdAt: Timestamp.annotateKey({ description: "When the customer was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the customer was last changed." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the customer was deleted." })
}).annotate({ identifier: "Customer" })

/**
 * A customer, as returned by the server.
 *
 * @since 2.0.0
 * @category models
 */
export interface Customer extends Schema.Schema.Type<typeof Customer> {}

/**
 * One page of customers.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerPage = Page(Customer).annotate({ identifier: "CustomerPage" })

const UsageAttributionInput = Schema.Struct({
  subjectKeys: Schema.Array(Schema.NonEmptyString).annotateKey({
    description:
      "Keys of the subjects whose usage is attributed to the customer. Subjects that do not exist are created."
  })
}).annotate({ identifier: "UsageAttributionInput" })

const text = (description: string) => optional(Schema.String).annotateKey({ description })

const AddressInput = Schema.Struct({
  country: optional(
    Schema.String.check(
      Schema.isPattern(/^[A-Z]{2}$/, { expected: 'a country of ISO 3166-1, two upper-case letters such as "HU"' })
    )
  ).annotateKey({ description: "Country, as a two-letter uppercase ISO 3166-1 code." }),
  postalCode: text("Postal code."),
  state: text("State, province or region."),
  city: text("The city."),
  line1: text("First address line: street and number."),
  line2: text("Second address line."),
  phoneNumber: text("Telephone number.")
}).annotate({ identifier: "AddressInput" })

const input = {
  name: Schema.String.check(Schema.isBetweenLength(1, 256)).annotateKey({
    description: "Display name of the customer, 1 to 256 characters."
  }),
  key: optional(Schema.String.check(Schema.isBetweenLength(1, 256))).annotateKey({
    description:
      "User-defined key of the customer, 1 to 256 characters. Required if `usageAttribution` has no subjects."
  }),
  description: optional(Schema.String.check(Schema.isMaxLength(1024))).annotateKey({
    description: "Description of the customer, up to 1024 characters."
  }),
  usageAttribution: optional(UsageAttributionInput).annotateKey({
    description: "Subjects whose usage is attributed to the customer. If omitted, there are none."
  }),
  primaryEmail: text("Primary email address of the customer. The server accepts any string."),
  currency: optional(
    Schema.String.check(
      Schema.isPattern(/^[A-Z]{3}$/, { expected: 'a currency of ISO 4217, three upper-case letters such as "EUR"' })
    )
  ).annotateKey({ description: "Currency of the customer's invoices, as a three-letter uppercase ISO 4217 code." }),
  billingAddress: optional(AddressInput).annotateKey({ description: "Address on the customer's invoices." }),
  metadata: optional(Schema.NullOr(Metadata)).annotateKey({ description: "User-defined metadata: strings by name." })
}

const isNamed = Schema.makeFilter(
  (customer: {
    readonly key?: string | undefined
    readonly usageAttribution?: { readonly subjectKeys: ReadonlyArray<string> } | undefined
  }) =>
    customer.key !== undefined || (customer.usageAttribution?.subjectKeys.length ?? 0) > 0
      ? undefined
      : { path: ["key"], issue: "is required if usageAttribution has no subjects" }
)

/**
 * Input for creating a customer: requires a key, at least one subject, or both.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerCreate = Schema.Struct(input).check(isNamed).annotate({ identifier: "CustomerCreate" })

/**
 * Input for creating a customer: requires a key, at least one subject, or both.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerCreate extends Schema.Schema.Type<typeof CustomerCreate> {}

/**
 * Input for replacing a customer. Omitted fields are cleared, except the email address, the currency, and the fields
 * that a new billing address omits, which keep their values.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerUpdate = Schema.Struct(input).check(isNamed).annotate({ identifier: "CustomerUpdate" })

/**
 * Input for replacing a customer.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerUpdate extends Schema.Schema.Type<typeof CustomerUpdate> {}

const expand = optional(Schema.Array(Schema.Literals(["subscriptions"]))).annotateKey({
  description: "Related data to return with the customer. The server returns the subscriptions in any case."
})

const part = (of: string) =>
  optional(Schema.NonEmptyString).annotateKey({
    description: `Returns only customers with this string in ${of}, ignoring case.`
  })

/**
 * Query parameters for listing customers. A customer must match all filters.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerListParams = Schema.Struct({
  ...pageParams,
  ...orderParams(Schema.Literals(["id", "name", "createdAt"])),
  includeDeleted: optional(Schema.Boolean).annotateKey({
    description: "Whether to include deleted customers. Default: false."
  }),
  key: part("their key"),
  name: part("their name"),
  primaryEmail: part("their primary email address"),
  subject: part("the key of one of their subjects"),
  planKey: optional(Schema.String).annotateKey({
    description: "Returns only customers with an active subscription to the plan with this key."
  }),
  expand
}).annotate({ identifier: "CustomerListParams" })

/**
 * Query parameters for listing customers. A customer must match all filters.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerListParams extends Schema.Schema.Type<typeof CustomerListParams> {}

/**
 * Query parameters for fetching a customer.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerGetParams = Schema.Struct({ expand }).annotate({ identifier: "CustomerGetParams" })

/**
 * Query parameters for fetching a customer.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerGetParams extends Schema.Schema.Type<typeof CustomerGetParams> {}

/**
 * Current values of a customer's entitlements.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerAccess = Schema.Struct({
  entitlements: Schema.Record(Schema.String, EntitlementValueV2).annotateKey({
    description: "Value of each active entitlement, by feature key."
  })
}).annotate({ identifier: "CustomerAccess" })

/**
 * Current values of a customer's entitlements.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerAccess extends Schema.Schema.Type<typeof CustomerAccess> {}
