/**
 * Subjects, customers and features as they are stored. Instants are epoch milliseconds.
 */
import type { StringFilter } from "../metering/StringFilter.ts"

/** A subject as it is stored. */
export interface StoredSubject {
  readonly id: string
  readonly key: string
  readonly displayName: string | undefined
  readonly metadata: Readonly<Record<string, unknown>>
  readonly stripeCustomerId: string | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | undefined
}

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
  /** The keys of its subjects, in the order of their bytes. A deleted customer keeps them for display. */
  readonly subjectKeys: ReadonlyArray<string>
  readonly primaryEmail: string | undefined
  readonly currency: string | undefined
  readonly billingAddress: Address
  readonly createdAt: number
  readonly updatedAt: number
  readonly deletedAt: number | undefined
}

/** What a unit of a feature costs. */
export type UnitCost =
  | { readonly type: "manual"; readonly amount: string }
  | {
      readonly type: "llm"
      /** Either the meter's group that holds the provider, or the provider. */
      readonly providerProperty: string | undefined
      readonly provider: string | undefined
      readonly modelProperty: string | undefined
      readonly model: string | undefined
      readonly tokenTypeProperty: string | undefined
      readonly tokenType: string | undefined
    }

/** A feature as it is stored. */
export interface StoredFeature {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
  readonly meterId: string | undefined
  readonly meterSlug: string | undefined
  /** Which events of the meter count, by group. */
  readonly meterGroupByFilters: Readonly<Record<string, StringFilter>>
  readonly unitCost: UnitCost | undefined
  readonly createdAt: number
  readonly updatedAt: number
  readonly archivedAt: number | undefined
}
