/**
 * The Promise API of the OpenMeter client.
 *
 * @since 2.0.0
 */
export {
  BadRequestError,
  BufferClosedError,
  BufferFullError,
  CircuitOpenError,
  ConflictError,
  ForbiddenError,
  InvalidRequestError,
  InvalidResponseError,
  NotFoundError,
  NotImplementedError,
  OpenMeterError,
  PayloadTooLargeError,
  PreconditionFailedError,
  RateLimitedError,
  ServerError,
  TimeoutError,
  TransportError,
  UnauthorizedError,
  UnexpectedStatusError
} from "./errors.ts"
export type { AnswerDetails, CallDetails, CommonError, ValidationIssue } from "./errors.ts"
export type { RetryBudget, RetryOptions } from "./layers/RetryOptions.ts"
export type { Customers } from "./promise/Customers.ts"
export type { Debug } from "./promise/Debug.ts"
export type { Entitlements } from "./promise/Entitlements.ts"
export type { EventBuffer, EventBufferOptions, OfferOptions, Receipt } from "./promise/EventBuffer.ts"
export type { Events } from "./promise/Events.ts"
export type { Features } from "./promise/Features.ts"
export type { Grants } from "./promise/Grants.ts"
export type { Info } from "./promise/Info.ts"
export { AbortError, ClosedError } from "./promise/Interruption.ts"
export type { Listing } from "./promise/Listing.ts"
export { OpenMeter, type Fetch, type OpenMeterConfig } from "./promise/OpenMeter.ts"
export type { Meters } from "./promise/Meters.ts"
export type { Paged, Unpaged } from "./promise/Paging.ts"
export type { Portal, PortalToken } from "./promise/Portal.ts"
export type { RequestOptions } from "./promise/Runner.ts"
export type { Subjects } from "./promise/Subjects.ts"
export { WindowSize } from "./promise/WindowSize.ts"
export type {
  BalanceHistoryParams,
  BalanceHistoryQuery,
  BalanceHistoryWindow,
  GrantBurnDownHistorySegment,
  GrantUsageRecord,
  WindowedBalanceHistory
} from "./schemas/BalanceHistory.ts"
export type {
  Address,
  Customer,
  CustomerAccess,
  CustomerCreate,
  CustomerGetParams,
  CustomerListParams,
  CustomerSubscription,
  CustomerUpdate,
  PlanReference,
  SubscriptionStatus,
  UsageAttribution
} from "./schemas/Customer.ts"
export type {
  CustomerEntitlementListParams,
  EntitlementBooleanV2,
  EntitlementListV2Params,
  EntitlementMeteredV2,
  EntitlementMeteredV2CreateInputs,
  EntitlementStaticV2,
  EntitlementV2,
  EntitlementV2CreateInputs,
  IssueAfterReset,
  IssueAfterResetInput
} from "./schemas/CustomerEntitlement.ts"
export type {
  Entitlement,
  EntitlementBoolean,
  EntitlementBooleanCreateInputs,
  EntitlementCreateInputs,
  EntitlementListParams,
  EntitlementMetered,
  EntitlementMeteredCreateInputs,
  EntitlementOrderBy,
  EntitlementPageParams,
  EntitlementStatic,
  EntitlementStaticCreateInputs,
  EntitlementType,
  MeasureUsageFrom,
  ResetEntitlementUsageInput,
  SubjectEntitlementListParams,
  UnknownEntitlement
} from "./schemas/Entitlement.ts"
export type { EntitlementValue, EntitlementValueParams, EntitlementValueV2 } from "./schemas/EntitlementValue.ts"
export type { Event, SentEvent } from "./schemas/Event.ts"
export type {
  EventFilter,
  EventListParams,
  EventListV2Params,
  IngestedEvent,
  StoredEvent
} from "./schemas/IngestedEvent.ts"
export type {
  Feature,
  FeatureCreate,
  FeatureListParams,
  FeaturePageParams,
  LlmPricing,
  LlmUnitCost,
  ManualUnitCost,
  StoredFilterEncoded,
  TokenType,
  UnitCost
} from "./schemas/Feature.ts"
export type { FilterString, FilterTime } from "./schemas/Filter.ts"
export type {
  EntitlementGrant,
  EntitlementGrantCreateInput,
  EntitlementGrantCreateInputV2,
  EntitlementGrantListParams,
  EntitlementGrantListV2Params,
  EntitlementGrantV2,
  ExpirationDuration,
  ExpirationPeriod,
  ExpirationPeriodInput,
  GrantListParams,
  GrantListV2Params,
  GrantOrderBy,
  GrantPageParams,
  GrantVoidParams
} from "./schemas/Grant.ts"
export type { Currency, Progress } from "./schemas/Info.ts"
export type { Annotations, Metadata } from "./schemas/Metadata.ts"
export type {
  Meter,
  MeterAggregation,
  MeterCreate,
  MeterListParams,
  MeterQueryParams,
  MeterQueryRequest,
  MeterQueryResult,
  MeterQueryRow,
  MeterRangeParams,
  MeterUpdate
} from "./schemas/Meter.ts"
export type { Numeric } from "./schemas/Numeric.ts"
export type { optional } from "./schemas/Optional.ts"
export type { CursorPage, Page } from "./schemas/Paging.ts"
export type { Period, RecurringInterval, RecurringPeriod, RecurringPeriodInput } from "./schemas/Period.ts"
export type {
  PortalQueryParams,
  PortalTokenCreate,
  PortalTokenInvalidation,
  PortalTokenListParams
} from "./schemas/Portal.ts"
export type { Subject, SubjectUpsert } from "./schemas/Subject.ts"
export type { JsonObjectInput } from "./schemas/Json.ts"
export type { TimestampInput } from "./schemas/Timestamp.ts"
export type { Open, UnknownMember, UnknownType } from "./schemas/Tolerant.ts"
export type { EntitlementCheckOptions } from "./services/AccessCache.ts"
export type { Overflow } from "./services/eventBuffer/BufferOptions.ts"
export type { Stats } from "./services/eventBuffer/Ledger.ts"
export type { DeadLetter, DropPolicy, Outcome } from "./services/eventBuffer/Outcome.ts"
export { eventIdFrom } from "./services/EventId.ts"
export { OutboxError } from "./services/Outbox.ts"
