/**
 * What entitlements and grants are created from on the wire.
 */
import * as Wire from "../http/Wire.ts"

const interval = Wire.anyOf(
  Wire.string({
    pattern:
      "^P(?:\\d+(?:\\.\\d+)?Y)?(?:\\d+(?:\\.\\d+)?M)?(?:\\d+(?:\\.\\d+)?W)?(?:\\d+(?:\\.\\d+)?D)?(?:T(?:\\d+(?:\\.\\d+)?H)?(?:\\d+(?:\\.\\d+)?M)?(?:\\d+(?:\\.\\d+)?S)?)?$"
  }),
  Wire.literals("DAY", "WEEK", "MONTH", "YEAR")
)

/** A period that recurs, from an anchor. */
export const recurringPeriod = Wire.struct({ interval: Wire.allOf(interval), anchor: Wire.optional(Wire.dateTime) })
const priority = Wire.integer({ minimum: 1, maximum: 255 })

const common = {
  featureKey: Wire.optional(Wire.key),
  featureId: Wire.optional(Wire.ulid),
  metadata: Wire.optional(Wire.allOf(Wire.metadata))
}

const metered = {
  ...common,
  type: Wire.literals("metered"),
  isSoftLimit: Wire.optional(Wire.boolean),
  usagePeriod: Wire.allOf(recurringPeriod),
  measureUsageFrom: Wire.optional(Wire.allOf(Wire.anyOf(Wire.literals("CURRENT_PERIOD_START", "NOW"), Wire.dateTime))),
  issueAfterReset: Wire.optional(Wire.number({ minimum: 0 })),
  issueAfterResetPriority: Wire.optional(priority),
  preserveOverageAtReset: Wire.optional(Wire.boolean)
}

/** What a metered entitlement is created from in v1. */
export const MeteredCreateInputs = Wire.struct({ ...metered, isUnlimited: Wire.optional(Wire.boolean) })

/** What a static entitlement is created from. */
export const StaticCreateInputs = Wire.struct({
  ...common,
  type: Wire.literals("static"),
  config: Wire.string(),
  usagePeriod: Wire.optional(Wire.allOf(recurringPeriod))
})

/** What a boolean entitlement is created from. */
export const BooleanCreateInputs = Wire.struct({
  ...common,
  type: Wire.literals("boolean"),
  usagePeriod: Wire.optional(Wire.allOf(recurringPeriod))
})

const createInputs = <A>(name: string, metered: Wire.Schema<A>) =>
  Wire.component(
    name,
    Wire.discriminated("type", { metered, static: StaticCreateInputs, boolean: BooleanCreateInputs })
  )

/** What an entitlement is created from in v1. */
export const EntitlementCreateInputs = createInputs("EntitlementCreateInputs", MeteredCreateInputs)

const grant = {
  amount: Wire.number({ minimum: 0 }),
  priority: Wire.optional(priority),
  effectiveAt: Wire.dateTime,
  minRolloverAmount: Wire.optional(Wire.number()),
  maxRolloverAmount: Wire.optional(Wire.number()),
  metadata: Wire.optional(Wire.allOf(Wire.metadata)),
  recurrence: Wire.optional(Wire.allOf(recurringPeriod))
}

const expirationPeriod = Wire.struct({
  duration: Wire.allOf(Wire.literals("HOUR", "DAY", "WEEK", "MONTH", "YEAR")),
  count: Wire.integer({ minimum: 1, maximum: 1000 })
})

/** What a grant is created from in v1. */
export const GrantCreateInput = Wire.component(
  "EntitlementGrantCreateInput",
  Wire.struct({ ...grant, expiration: Wire.allOf(expirationPeriod) })
)

/** What a grant is created from in v2. */
export const GrantCreateInputV2 = Wire.component(
  "EntitlementGrantCreateInputV2",
  Wire.struct({
    ...grant,
    expiration: Wire.optional(Wire.allOf(expirationPeriod)),
    annotations: Wire.optional(Wire.allOf(Wire.record(Wire.unknown)))
  })
)

const issueAfterReset = Wire.struct({
  amount: Wire.number({ minimum: 0 }),
  priority: Wire.optional(priority)
})

const MeteredV2CreateInputs = Wire.struct({
  ...metered,
  issue: Wire.optional(Wire.allOf(issueAfterReset)),
  grants: Wire.optional(Wire.array(GrantCreateInputV2))
})

/** What an entitlement is created from in v2. */
export const EntitlementV2CreateInputs = createInputs("EntitlementV2CreateInputs", MeteredV2CreateInputs)

/** How the usage of an entitlement is reset. */
export const ResetEntitlementUsageInput = Wire.component(
  "ResetEntitlementUsageInput",
  Wire.struct({
    effectiveAt: Wire.optional(Wire.dateTime),
    retainAnchor: Wire.optional(Wire.boolean),
    preserveOverage: Wire.optional(Wire.boolean)
  })
)
