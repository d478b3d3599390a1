/**
 * The OpenMeter client with Promises.
 *
 * @since 2.0.0
 */
export {
  BadRequestError,
  BufferFullError,
  CircuitOpenError,
  ConflictError,
  ForbiddenError,
  InvalidRequestError,
  InvalidResponseError,
  NotFoundError,
  NotImplementedError,
  PayloadTooLargeError,
  PreconditionFailedError,
  RateLimitedError,
  ServerError,
  TimeoutError,
  TransportError,
  UnauthorizedError,
  UnexpectedStatusError
} from "./errors.ts"
export type { AnswerDetails, CallDetails, CommonError, OpenMeterError, ValidationIssue } from "./errors.ts"
export { AbortError, ClosedError } from "./promise/Interruption.ts"
export type { Listing } from "./promise/Listing.ts"
export { OpenMeter, type Config } from "./promise/OpenMeter.ts"
export type { PortalToken } from "./promise/Portal.ts"
export type { RequestOptions } from "./promise/Runner.ts"
export { WindowSize } from "./promise/WindowSize.ts"
export type {
  Event,
  EventFilter,
  EventListParams,
  EventListV2Params,
  IngestedEvent,
  SentEvent,
  StoredEvent
} from "./schemas/Event.ts"
export type { FilterString, FilterTime } from "./schemas/Filter.ts"
export type { JsonObjectInput } from "./schemas/Json.ts"
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
export type { CursorPage, Page } from "./schemas/Paging.ts"
export type { Period, RecurringInterval, RecurringPeriod, RecurringPeriodInput } from "./schemas/Period.ts"
export type {
  PortalQueryParams,
  PortalTokenCreate,
  PortalTokenInvalidation,
  PortalTokenListParams
} from "./schemas/Portal.ts"
export type { TimestampInput } from "./schemas/Timestamp.ts"
export type { Open, UnknownMember } from "./schemas/Tolerant.ts"
