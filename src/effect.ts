/**
 * The OpenMeter client as Effect services, one per resource, composed with layers.
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
export type { AnswerDetails, CallDetails, CommonError, Operation, ValidationIssue } from "./errors.ts"
export { CurrentOperation, withCallOptions } from "./layers/Call.ts"
export * as CircuitBreaker from "./layers/CircuitBreaker.ts"
export * as Concurrency from "./layers/Concurrency.ts"
export { environment } from "./layers/Environment.ts"
export type { CallOptions, Options } from "./layers/Options.ts"
export { CircuitBreakerPolicy, RateLimitPolicy, type Client, type NoAnswer, type Policy } from "./layers/Policy.ts"
export * as RateLimit from "./layers/RateLimit.ts"
export * as Retry from "./layers/Retry.ts"
export type { RetryBudget, RetryOptions } from "./layers/RetryOptions.ts"
export * as Telemetry from "./layers/Telemetry.ts"
export { Transport, type TransportService } from "./layers/Transport.ts"
export * as TransportConfig from "./layers/TransportConfig.ts"
export * from "./schemas/BalanceHistory.ts"
export * from "./schemas/Customer.ts"
export * from "./schemas/CustomerEntitlement.ts"
export * from "./schemas/Entitlement.ts"
export * from "./schemas/EntitlementValue.ts"
export * from "./schemas/Event.ts"
export * from "./schemas/Feature.ts"
export * from "./schemas/Filter.ts"
export * from "./schemas/Grant.ts"
export * from "./schemas/Info.ts"
export * from "./schemas/IngestedEvent.ts"
export * from "./schemas/Metadata.ts"
export * from "./schemas/Meter.ts"
export * from "./schemas/Numeric.ts"
export { Page, SortOrder, type CursorPage } from "./schemas/Paging.ts"
export * from "./schemas/Period.ts"
export * from "./schemas/Portal.ts"
export * from "./schemas/Subject.ts"
export * from "./schemas/Window.ts"
export { JsonObjectInput } from "./schemas/Json.ts"
export { Timestamp, TimestampInput } from "./schemas/Timestamp.ts"
export type { Open, UnknownMember, UnknownType } from "./schemas/Tolerant.ts"
export type { EntitlementCheckOptions } from "./services/AccessCache.ts"
export { CustomerEntitlementCheck, type CustomerEntitlementCheckService } from "./services/CustomerEntitlementCheck.ts"
export { CustomerEntitlements, type CustomerEntitlementsService } from "./services/CustomerEntitlements.ts"
export { Customers, type CustomersService } from "./services/Customers.ts"
export { Debug, type DebugService } from "./services/Debug.ts"
export { EntitlementCheck, type EntitlementCheckService } from "./services/EntitlementCheck.ts"
export { Entitlements, type EntitlementsService } from "./services/Entitlements.ts"
export { EventBuffer, type EventBufferService } from "./services/EventBuffer.ts"
export * as EventBufferMetrics from "./services/eventBuffer/metrics.ts"
export type { OfferError } from "./services/eventBuffer/Admission.ts"
export type { EventBufferOptions, Overflow } from "./services/eventBuffer/BufferOptions.ts"
export type { Stats } from "./services/eventBuffer/Ledger.ts"
export { Outcome, type DeadLetter, type DropPolicy } from "./services/eventBuffer/Outcome.ts"
export type { Receipt } from "./services/eventBuffer/Receipt.ts"
export { eventIdFrom } from "./services/EventId.ts"
export { Events, type EventsService } from "./services/Events.ts"
export { Features, type FeaturesService } from "./services/Features.ts"
export { Grants, type GrantsService } from "./services/Grants.ts"
export { Info, type InfoService } from "./services/Info.ts"
export {
  DEFAULT_SOURCE,
  Ingest,
  prepareEvent,
  type IngestError,
  type IngestService,
  type PreparedEvent
} from "./services/Ingest.ts"
export { Meters, type MetersService } from "./services/Meters.ts"
export {
  Outbox,
  OutboxError,
  type OutboxEntry,
  type OutboxEvent,
  type OutboxService,
  type Size
} from "./services/Outbox.ts"
export { Portal, type PortalService } from "./services/Portal.ts"
export { reconcile, type EventIdentity, type Reconciliation } from "./services/reconcile.ts"
export { Subjects, type SubjectsService } from "./services/Subjects.ts"
export * as OpenMeter from "./services/OpenMeter.ts"
