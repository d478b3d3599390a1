/**
 * The outbox in Postgres: events are stored in the program's own transaction, and delivered after it commits by any
 * number of workers.
 *
 * @since 2.0.0
 */
export {
  PostgresOutbox,
  type PostgresDeadLetter,
  type PostgresOutboxService
} from "./services/outbox/PostgresOutbox.ts"
export type { PostgresStatement } from "./services/outbox/postgres/Statements.ts"
export type { PostgresDeliveryOptions, PostgresOutboxOptions } from "./services/outbox/postgres/Options.ts"
