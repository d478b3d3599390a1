/**
 * The route table: every operation the emulator answers, with its method and path template.
 */

/** The method and path template of each operation, by the operation's name in the server's API document. */
export const routes = {
  createCustomer: ["POST", "/api/v1/customers"],
  listCustomers: ["GET", "/api/v1/customers"],
  getCustomer: ["GET", "/api/v1/customers/:customerIdOrKey"],
  updateCustomer: ["PUT", "/api/v1/customers/:customerIdOrKey"],
  deleteCustomer: ["DELETE", "/api/v1/customers/:customerIdOrKey"],
  getCustomerAccess: ["GET", "/api/v1/customers/:customerIdOrKey/access"],
  getCustomerEntitlementValue: ["GET", "/api/v1/customers/:customerIdOrKey/entitlements/:featureKey/value"],
  getDebugMetrics: ["GET", "/api/v1/debug/metrics"],
  listEntitlements: ["GET", "/api/v1/entitlements"],
  getEntitlementById: ["GET", "/api/v1/entitlements/:entitlementId"],
  listEvents: ["GET", "/api/v1/events"],
  ingestEvents: ["POST", "/api/v1/events"],
  listFeatures: ["GET", "/api/v1/features"],
  createFeature: ["POST", "/api/v1/features"],
  getFeature: ["GET", "/api/v1/features/:featureId"],
  deleteFeature: ["DELETE", "/api/v1/features/:featureId"],
  listGrants: ["GET", "/api/v1/grants"],
  voidGrant: ["DELETE", "/api/v1/grants/:grantId"],
  listCurrencies: ["GET", "/api/v1/info/currencies"],
  getProgress: ["GET", "/api/v1/info/progress/:id"],
  listMeters: ["GET", "/api/v1/meters"],
  createMeter: ["POST", "/api/v1/meters"],
  getMeter: ["GET", "/api/v1/meters/:meterIdOrSlug"],
  updateMeter: ["PUT", "/api/v1/meters/:meterIdOrSlug"],
  deleteMeter: ["DELETE", "/api/v1/meters/:meterIdOrSlug"],
  listMeterGroupByValues: ["GET", "/api/v1/meters/:meterIdOrSlug/group-by/:groupByKey/values"],
  queryMeter: ["GET", "/api/v1/meters/:meterIdOrSlug/query"],
  queryMeterPost: ["POST", "/api/v1/meters/:meterIdOrSlug/query"],
  listMeterSubjects: ["GET", "/api/v1/meters/:meterIdOrSlug/subjects"],
  queryPortalMeter: ["GET", "/api/v1/portal/meters/:meterSlug/query"],
  createPortalToken: ["POST", "/api/v1/portal/tokens"],
  listPortalTokens: ["GET", "/api/v1/portal/tokens"],
  invalidatePortalTokens: ["POST", "/api/v1/portal/tokens/invalidate"],
  listSubjects: ["GET", "/api/v1/subjects"],
  upsertSubject: ["POST", "/api/v1/subjects"],
  getSubject: ["GET", "/api/v1/subjects/:subjectIdOrKey"],
  deleteSubject: ["DELETE", "/api/v1/subjects/:subjectIdOrKey"],
  createEntitlement: ["POST", "/api/v1/subjects/:subjectIdOrKey/entitlements"],
  listSubjectEntitlements: ["GET", "/api/v1/subjects/:subjectIdOrKey/entitlements"],
  listEntitlementGrants: ["GET", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementIdOrFeatureKey/grants"],
  createGrant: ["POST", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementIdOrFeatureKey/grants"],
  overrideEntitlement: ["PUT", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementIdOrFeatureKey/override"],
  getEntitlementValue: ["GET", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementIdOrFeatureKey/value"],
  getEntitlement: ["GET", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementId"],
  deleteEntitlement: ["DELETE", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementId"],
  getEntitlementHistory: ["GET", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementId/history"],
  resetEntitlementUsage: ["POST", "/api/v1/subjects/:subjectIdOrKey/entitlements/:entitlementId/reset"],
  createCustomerEntitlementV2: ["POST", "/api/v2/customers/:customerIdOrKey/entitlements"],
  listCustomerEntitlementsV2: ["GET", "/api/v2/customers/:customerIdOrKey/entitlements"],
  getCustomerEntitlementV2: ["GET", "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey"],
  deleteCustomerEntitlementV2: ["DELETE", "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey"],
  listCustomerEntitlementGrantsV2: [
    "GET",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/grants"
  ],
  createCustomerEntitlementGrantV2: [
    "POST",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/grants"
  ],
  getCustomerEntitlementHistoryV2: [
    "GET",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/history"
  ],
  overrideCustomerEntitlementV2: [
    "PUT",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/override"
  ],
  resetCustomerEntitlementUsageV2: [
    "POST",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/reset"
  ],
  getCustomerEntitlementValueV2: [
    "GET",
    "/api/v2/customers/:customerIdOrKey/entitlements/:entitlementIdOrFeatureKey/value"
  ],
  listEntitlementsV2: ["GET", "/api/v2/entitlements"],
  getEntitlementByIdV2: ["GET", "/api/v2/entitlements/:entitlementId"],
  listEventsV2: ["GET", "/api/v2/events"],
  listGrantsV2: ["GET", "/api/v2/grants"]
} as const satisfies Readonly<Record<string, readonly [method: string, path: `/${string}`]>>

/** The name of an operation that the emulator answers. */
export type Operation = keyof typeof routes
