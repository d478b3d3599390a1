/**
 * Customers: who is billed, and whose subjects' usage counts.
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
 * Whose usage is a customer's, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const UsageAttribution = Schema.Struct({
  subjectKeys: nullableArray(Schema.String).annotateKey({
    description: "The keys of the subjects whose usage is the customer's, sorted by bytes."
  })
}).annotate({ identifier: "UsageAttribution" })

/**
 * Whose usage is a customer's, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface UsageAttribution extends Schema.Schema.Type<typeof UsageAttribution> {}

/**
 * A postal address, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Address = Schema.Struct({
  country: nullish(Schema.String).annotateKey({ description: "The country: two letters by ISO 3166-1." }),
  postalCode: nullish(Schema.String).annotateKey({ description: "The postal code." }),
  state: nullish(Schema.String).annotateKey({ description: "The state, province or region." }),
  city: nullish(Schema.String).annotateKey({ description: "The city." }),
  line1: nullish(Schema.String).annotateKey({ description: "The first line: street and number." }),
  line2: nullish(Schema.String).annotateKey({ description: "The second line." }),
  phoneNumber: nullish(Schema.String).annotateKey({ description: "The telephone number." })
}).annotate({ identifier: "Address" })

/**
 * A postal address, as the server answers it.
 *
 * @since 2.0.0
 * @category models
 */
export interface Address extends Schema.Schema.Type<typeof Address> {}

/**
 * The states of a subscription.
 *
 * @since 2.0.0
 * @category schemas
 */
export const SubscriptionStatus = Schema.Literals(["active", "inactive", "canceled", "scheduled"])

/**
 * The states of a subscription.
 *
 * @since 2.0.0
 * @category models
 */
export type SubscriptionStatus = typeof SubscriptionStatus.Type

/**
 * The version of a plan that a subscription follows.
 *
 * @since 2.0.0
 * @category schemas
 */
export const PlanReference = Schema.Struct({
  id: Schema.String.annotateKey({ description: "The plan's id, a ULID." }),
  key: Schema.String.annotateKey({ description: "The plan's key, which all of its versions share." }),
  version: Schema.Number.annotateKey({ description: "The number of the version, from 1." })
}).annotate({ identifier: "PlanReference" })

/**
 * The version of a plan that a subscription follows.
 *
 * @since 2.0.0
 * @category models
 */
export interface PlanReference extends Schema.Schema.Type<typeof PlanReference> {}

/**
 * A subscription of a customer, as the server answers it within the customer.
 *
 * Members that are not named here stay as they came, in JSON.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerSubscription = Schema.StructWithRest(
  Schema.Struct({
    id: Schema.String.annotateKey({ description: "The subscription's id, a ULID." }),
    name: Schema.String.annotateKey({ description: "The subscription's name for people." }),
    status: OpenEnum(SubscriptionStatus).annotateKey({ description: "The state of the subscription." }),
    customerId: Schema.String.annotateKey({ description: "The id of the customer." }),
    plan: nullish(PlanReference).annotateKey({
      description: "The plan that the subscription follows. Absent: the subscription has its own terms."
    }),
    currency: Schema.String.annotateKey({ description: "The currency of the invoices: three letters by ISO 4217." }),
    billingCadence: Schema.String.annotateKey({
      description: "How often the customer is billed, an ISO 8601 duration."
    }),
    activeFrom: Timestamp.annotateKey({ description: "When the subscription begins." }),
    activeTo: nullish(Timestamp).annotateKey({ description: "When the subscription ends." }),
    createdAt: Timestamp.annotateKey({ description: "When the subscription was created." }),
    updatedAt: Timestamp.annotateKey({ description: "When the subscription was last changed." }),
    deletedAt: nullish(Timestamp).annotateKey({ description: "When the subscription was deleted." })
  }),
  [Schema.Record(Schema.String, Schema.Unknown)]
).annotate({ identifier: "CustomerSubscription" })

/**
 * A subscription of a customer, as the server answers it within the customer.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerSubscription extends Schema.Schema.Type<typeof CustomerSubscription> {}

/**
 * A customer, as the server answers it.
 *
 * @since 2.0.0
 * @category schemas
 */
export const Customer = Schema.Struct({
  id: Schema.String.annotateKey({ description: "The customer's id, a ULID." }),
  key: nullish(Schema.String).annotateKey({
    description: "The program's own name for the customer, unique among the customers not deleted."
  }),
  name: Schema.String.annotateKey({ description: "The customer's name for people." }),
  description: nullish(Schema.String).annotateKey({ description: "What the program notes about the customer." }),
  usageAttribution: nullish(UsageAttribution).annotateKey({
    description: "Whose usage is the customer's. Absent: no subject's."
  }),
  primaryEmail: nullish(Schema.String).annotateKey({ description: "The customer's main e-mail address." }),
  currency: nullish(Schema.String).annotateKey({
    description: "The currency of the customer's invoices: three letters by ISO 4217."
  }),
  billingAddress: nullish(Address).annotateKey({ description: "The address on the customer's invoices." }),
  currentSubscriptionId: nullish(Schema.String).annotateKey({
    description: "The id of the subscription that is active. Not in the answers of create and update."
  }),
  subscriptions: nullish(Schema.Array(CustomerSubscription)).annotateKey({
    description: "The customer's subscriptions. Not in the answers of create and update."
  }),
  metadata: nullish(Metadata).annotateKey({ description: "What the program attached." }),
  annotations: nullish(Annotations).annotateKey({ description: "What the server attached." }),
  createdAt: Timestamp.annotateKey({ description: "When the customer was created." }),
  updatedAt: Timestamp.annotateKey({ description: "When the customer was last changed." }),
  deletedAt: nullish(Timestamp).annotateKey({ description: "When the customer was deleted." })
}).annotate({ identifier: "Customer" })

/**
 * A customer, as the server answers it.
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
    description: "The keys of the subjects whose usage is the customer's. Subjects that do not exist are created."
  })
}).annotate({ identifier: "UsageAttributionInput" })

const text = (description: string) => optional(Schema.String).annotateKey({ description })

const AddressInput = Schema.Struct({
  country: optional(
    Schema.String.check(
      Schema.isPattern(/^[A-Z]{2}$/, { expected: 'a country of ISO 3166-1, two upper-case letters such as "HU"' })
    )
  ).annotateKey({ description: "The country: two upper-case letters by ISO 3166-1." }),
  postalCode: text("The postal code."),
  state: text("The state, province or region."),
  city: text("The city."),
  line1: text("The first line: street and number."),
  line2: text("The second line."),
  phoneNumber: text("The telephone number.")
}).annotate({ identifier: "AddressInput" })

const input = {
  name: Schema.String.check(Schema.isBetweenLength(1, 256)).annotateKey({
    description: "The customer's name for people, 1 to 256 characters."
  }),
  key: optional(Schema.String.check(Schema.isBetweenLength(1, 256))).annotateKey({
    description:
      "Your own name for the customer, 1 to 256 characters. Required where `usageAttribution` names no subject."
  }),
  description: optional(Schema.String.check(Schema.isMaxLength(1024))).annotateKey({
    description: "What you note about the customer, up to 1024 characters."
  }),
  usageAttribution: optional(UsageAttributionInput).annotateKey({
    description: "Whose usage is the customer's. Left out: no subject's."
  }),
  primaryEmail: text("The customer's main e-mail address. The server takes any text."),
  currency: optional(
    Schema.String.check(
      Schema.isPattern(/^[A-Z]{3}$/, { expected: 'a currency of ISO 4217, three upper-case letters such as "EUR"' })
    )
  ).annotateKey({ description: "The currency of the customer's invoices: three upper-case letters by ISO 4217." }),
  billingAddress: optional(AddressInput).annotateKey({ description: "The address on the customer's invoices." }),
  metadata: optional(Schema.NullOr(Metadata)).annotateKey({ description: "Texts to attach, by name." })
}

const isNamed = Schema.makeFilter(
  (customer: {
    readonly key?: string | undefined
    readonly usageAttribution?: { readonly subjectKeys: ReadonlyArray<string> } | undefined
  }) =>
    customer.key !== undefined || (customer.usageAttribution?.subjectKeys.length ?? 0) > 0
      ? undefined
      : { path: ["key"], issue: "is required where usageAttribution names no subject" }
)

/**
 * What a customer is created from: a key, at least one subject, or both.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerCreate = Schema.Struct(input).check(isNamed).annotate({ identifier: "CustomerCreate" })

/**
 * What a customer is created from: a key, at least one subject, or both.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerCreate extends Schema.Schema.Type<typeof CustomerCreate> {}

/**
 * What replaces a customer: a part left out is cleared, but e-mail address and currency stay, and so do the parts of a
 * billing address that a new one leaves out.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerUpdate = Schema.Struct(input).check(isNamed).annotate({ identifier: "CustomerUpdate" })

/**
 * What replaces a customer.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerUpdate extends Schema.Schema.Type<typeof CustomerUpdate> {}

const expand = optional(Schema.Array(Schema.Literals(["subscriptions"]))).annotateKey({
  description: "What to answer with the customer. The server answers the subscriptions whether asked or not."
})

const part = (of: string) =>
  optional(Schema.NonEmptyString).annotateKey({
    description: `Only customers with this text in ${of}, whatever the case.`
  })

/**
 * How customers are listed. Several filters hold together.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerListParams = Schema.Struct({
  ...pageParams,
  ...orderParams(Schema.Literals(["id", "name", "createdAt"])),
  includeDeleted: optional(Schema.Boolean).annotateKey({
    description: "Whether deleted customers are listed too. Default: false."
  }),
  key: part("their key"),
  name: part("their name"),
  primaryEmail: part("their e-mail address"),
  subject: part("the key of one of their subjects"),
  planKey: optional(Schema.String).annotateKey({
    description: "Only customers with an active subscription to the plan with this key."
  }),
  expand
}).annotate({ identifier: "CustomerListParams" })

/**
 * How customers are listed. Several filters hold together.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerListParams extends Schema.Schema.Type<typeof CustomerListParams> {}

/**
 * What to answer with a customer.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerGetParams = Schema.Struct({ expand }).annotate({ identifier: "CustomerGetParams" })

/**
 * What to answer with a customer.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerGetParams extends Schema.Schema.Type<typeof CustomerGetParams> {}

/**
 * What the entitlements of a customer allow now.
 *
 * @since 2.0.0
 * @category schemas
 */
export const CustomerAccess = Schema.Struct({
  entitlements: Schema.Record(Schema.String, EntitlementValueV2).annotateKey({
    description: "What each active entitlement allows, by the key of its feature."
  })
}).annotate({ identifier: "CustomerAccess" })

/**
 * What the entitlements of a customer allow now.
 *
 * @since 2.0.0
 * @category models
 */
export interface CustomerAccess extends Schema.Schema.Type<typeof CustomerAccess> {}
