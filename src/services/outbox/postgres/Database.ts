/**
 * Access to the database of an outbox.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { OutboxError } from "../../Outbox.ts"
import type { PostgresStatement } from "./Statements.ts"

/** Returns the message of Postgres itself, which the client wraps in a generic one. */
const messageOf = ({ reason }: SqlError): string =>
  (reason.cause instanceof Error ? reason.cause.message : reason.message) || reason._tag

/**
 * Maps database errors to outbox errors.
 *
 * @internal
 */
export const orUnavailable = <A, R>(effect: Effect.Effect<A, SqlError, R>): Effect.Effect<A, OutboxError, R> =>
  Effect.catch(effect, (cause) =>
    Effect.fail(new OutboxError({ reason: "unavailable", message: `Postgres: ${messageOf(cause)}`, cause }))
  )

/**
 * The database of an outbox.
 *
 * @internal
 */
export class Database {
  readonly #sql: SqlClient.SqlClient

  constructor(sql: SqlClient.SqlClient) {
    // Rows are read by the column names of the statements, regardless of the program's own transforms.
    this.#sql = sql.withoutTransforms()
  }

  /** Runs a statement, within the calling fiber's transaction, if any. */
  run<Row extends object>({ text, values }: PostgresStatement): Effect.Effect<ReadonlyArray<Row>, SqlError> {
    return this.#sql.unsafe<Row>(text, values)
  }

  /** Runs statements in a transaction of their own, independent of the calling fiber's. */
  transaction<A>(statements: Effect.Effect<A, SqlError>): Effect.Effect<A, SqlError> {
    // On a lost connection, the rollback fails as well, which clients report as a defect. It is an ordinary failure.
    return Effect.catchDefect(this.apart(this.#sql.withTransaction(statements)), (defect) =>
      isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect)
    )
  }

  /** Runs an effect outside the calling fiber's transaction. */
  apart<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    const withoutTransaction = Context.omit(this.#sql.transactionService)
    // The transaction is not part of what the effect requires.
    return Effect.updateContext(
      effect,
      (context: Context.Context<R>) => withoutTransaction(context) as Context.Context<R>
    )
  }
}
