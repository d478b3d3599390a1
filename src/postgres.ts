/**
 * The outbox in Postgres: events that are delivered if the program's own transaction commits, by a fleet of workers.
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
