/** What docs/migrating.md says of the published types, held against them and against today's. */
import type * as Now from "@openmeter/sdk"
import type * as Beta185 from "openmeter-beta-185"
import type * as Beta232 from "openmeter-beta-232"
import { describe, expectTypeOf, it } from "vitest"

type Class<M, Name extends string> =
  M extends Record<Name, infer C extends abstract new (...args: never) => unknown> ? InstanceType<C> : never
type Client185 = Class<typeof Beta185, "OpenMeter">
type Client232 = Class<typeof Beta232, "OpenMeter">

/** The calls of a resource. */
type Calls<Resource> = Exclude<
  { [K in keyof Resource]: Resource[K] extends (...args: never) => unknown ? K : never }[keyof Resource],
  undefined
>

describe("from 1.0.0-beta.185", () => {
  it("exports no error class", () => {
    expectTypeOf<Exclude<keyof typeof Beta185, "NotificationClient">>().toEqualTypeOf<
      "MeterAggregation" | "OpenMeter" | "WindowSize"
    >()
  })

  it("keeps the names of the calls, but for one", () => {
    type Gone = {
      [R in Exclude<keyof Client185, "notification">]: Exclude<Calls<Client185[R]>, Calls<Now.OpenMeter[R]>>
    }
    expectTypeOf<Gone[keyof Gone]>().toEqualTypeOf<"getEntitlementValueAt">()
  })

  it("puts parameters before options", () => {
    type Options = Now.RequestOptions | undefined
    expectTypeOf<Parameters<Client185["meters"]["list"]>["length"]>().toEqualTypeOf<0 | 1>()
    expectTypeOf<Parameters<Now.Meters["list"]>[1]>().toEqualTypeOf<Options>()
    expectTypeOf<Parameters<Client185["meters"]["subjects"]>["length"]>().toEqualTypeOf<1 | 2>()
    expectTypeOf<Parameters<Now.Meters["subjects"]>[2]>().toEqualTypeOf<Options>()
    expectTypeOf<Parameters<Client185["subjects"]["getEntitlementValue"]>["length"]>().toEqualTypeOf<2 | 3>()
    expectTypeOf<Parameters<Now.Subjects["getEntitlementValue"]>[3]>().toEqualTypeOf<Options>()
    expectTypeOf<Parameters<Client185["subjects"]["list"]>["length"]>().toEqualTypeOf<0 | 1>()
    expectTypeOf<Parameters<Now.Subjects["list"]>[0]>().toEqualTypeOf<Options>()
  })

  it("takes a config as it was, but for arrays of headers", () => {
    expectTypeOf<Omit<Beta185.OpenMeterConfig, "headers">>().toExtend<Now.OpenMeterConfig>()
    expectTypeOf<Beta185.OpenMeterConfig>().not.toExtend<Now.OpenMeterConfig>()
  })

  it("narrows the version of an event, and widens its data", () => {
    expectTypeOf<Beta185.Event["specversion"]>().toEqualTypeOf<string | undefined>()
    expectTypeOf<NonNullable<Now.Event["specversion"]>>().toEqualTypeOf<"1.0" | "0.3">()
    expectTypeOf<Beta185.Event>().not.toExtend<Now.Event>()
    expectTypeOf<Omit<Beta185.Event, "specversion">>().toExtend<Now.Event>()
    expectTypeOf<null | undefined>().toExtend<Now.Event["data"]>()
    expectTypeOf<null | undefined>().not.toExtend<Beta185.Event["data"]>()
    expectTypeOf<Now.Event>().toExtend<Parameters<Now.Events["ingest"]>[0]>()
  })

  it("has no window size of meters", () => {
    expectTypeOf<"windowSize">().toExtend<keyof Beta185.Meter>()
    expectTypeOf<"windowSize">().not.toExtend<keyof Now.Meter>()
    expectTypeOf<Parameters<Now.Meters["create"]>[0]>().toEqualTypeOf<Now.MeterCreate>()
  })

  it("has one history, and nothing to tell of a grant that is voided", () => {
    expectTypeOf<Awaited<ReturnType<Client185["subjects"]["getEntitlementHistory"]>>>().toBeArray()
    expectTypeOf<
      Awaited<ReturnType<Now.Subjects["getEntitlementHistory"]>>
    >().toEqualTypeOf<Now.WindowedBalanceHistory>()
    expectTypeOf<Awaited<ReturnType<Client185["grants"]["delete"]>>>().toBeArray()
    expectTypeOf<Awaited<ReturnType<Now.Grants["delete"]>>>().toEqualTypeOf<void>()
  })

  it("makes aggregations types, and keeps window sizes as values", () => {
    expectTypeOf<`${Beta185.MeterAggregation}`>().toExtend<Now.MeterAggregation>()
    expectTypeOf<"MeterAggregation">().not.toExtend<keyof typeof Now>()
    expectTypeOf<"WindowSize">().toExtend<keyof typeof Now>()
  })
})

describe("from 1.0.0-beta.232", () => {
  it("had a class of errors, and a guard", () => {
    expectTypeOf<"HTTPError" | "isHTTPError">().toExtend<keyof typeof Beta232>()
    expectTypeOf<"HTTPError" | "isHTTPError">().not.toExtend<keyof typeof Now>()
  })

  it("had the calls that the guide names", () => {
    expectTypeOf<
      | "create"
      | "list"
      | "get"
      | "delete"
      | "override"
      | "value"
      | "history"
      | "resetUsage"
      | "createGrant"
      | "listGrants"
    >().toExtend<Calls<Client232["customers"]["entitlements"]>>()
    expectTypeOf<"create" | "value" | "history" | "override" | "reset" | "delete" | "list" | "get">().toExtend<
      Calls<Client232["entitlementsV1"]>
    >()
    expectTypeOf<"create" | "list" | "listAll" | "void">().toExtend<Calls<Client232["entitlementsV1"]["grants"]>>()
    expectTypeOf<"list" | "get">().toExtend<Calls<Client232["entitlements"]>>()
    expectTypeOf<"list" | "void">().toExtend<Calls<Client232["entitlements"]["grants"]>>()
    expectTypeOf<"create" | "list" | "invalidate">().toExtend<Calls<Client232["portal"]>>()
    expectTypeOf<"list" | "listGroupByValues">().toExtend<Calls<Client232["meters"]>>()
    expectTypeOf<"value">().toExtend<Calls<Client232["customers"]["entitlementsV1"]>>()
    expectTypeOf<"listSubscriptions">().toExtend<Calls<Client232["customers"]>>()
    expectTypeOf<
      "addons" | "apps" | "billing" | "notifications" | "plans" | "subscriptions" | "subscriptionAddons"
    >().toExtend<keyof Client232>()
  })

  it("has the calls that take their place", () => {
    expectTypeOf<
      | "createEntitlement"
      | "listEntitlements"
      | "getEntitlement"
      | "deleteEntitlement"
      | "overrideEntitlement"
      | "getEntitlementValue"
      | "getEntitlementHistory"
      | "resetEntitlementUsage"
      | "createEntitlementGrant"
      | "listEntitlementGrants"
    >().toExtend<Calls<Now.Customers> & Calls<Now.Subjects>>()
    expectTypeOf<"list" | "get" | "listV2" | "getV2">().toExtend<Calls<Now.Entitlements>>()
    expectTypeOf<"list" | "listV2" | "delete">().toExtend<Calls<Now.Grants>>()
    expectTypeOf<"createToken" | "listTokens" | "invalidateTokens" | "query">().toExtend<Calls<Now.Portal>>()
    expectTypeOf<"groupByValues">().toExtend<Calls<Now.Meters>>()
  })

  it("had results that might be undefined", () => {
    expectTypeOf<undefined>().toExtend<Awaited<ReturnType<Client232["meters"]["get"]>>>()
    expectTypeOf<Awaited<ReturnType<Now.Meters["get"]>>>().toEqualTypeOf<Now.Meter>()
  })
})
