/**
 * The database that an outbox is in.
 *
 * @since 2.0.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { isSqlError, type SqlError } from "effect/sql/SqlError"
import { OutboxError } from "../../Outbox.ts"
import type { PostgresStatement } from "./Statements.ts"

/** What Postgres said, rather than that it said something. */
const messageOf = ({ reason }: SqlError): string =>
  (reason.cause instanceof Error ? reason.cause.message : reason.message) || reason._tag

/**
 * Turns what the database says into what an outbox says.
 *
 * @internal
 */
export const orUnavailable = <A, R>(effect: Effect.Effect<A, SqlError, R>): Effect.Effect<A, OutboxError, R> =>
  Effect.catch(effect, (cause) =>
    Effect.fail(new OutboxError({ reason: "unavailable", message: `Postgres: ${messageOf(cause)}`, cause }))
  )

/**
 * The database that an outbox is in.
 *
 * @internal
 */
export class Database {
  readonly #sql: SqlClient.SqlClient

  constructor(sql: SqlClient.SqlClient) {
    // Rows are read by the names that the statements give them, whatever the program makes of its own.
    this.#sql = sql.withoutTransforms()
  }

  /** Runs a statement: within the transaction that the calling fiber is in, if any. */
  run<Row extends object>({ text, values }: PostgresStatement): Effect.Effect<ReadonlyArray<Row>, SqlError> {
    return this.#sql.unsafe<Row>(text, values)
  }

  /** Runs statements as one, and apart from any transaction that the calling fiber is in. */
  transaction<A>(statements: Effect.Effect<A, SqlError>): Effect.Effect<A, SqlError> {
    // On a connection that is lost there is no rolling back either, of which clients make a defect. It is a failure.
    return Effect.catchDefect(this.apart(this.#sql.withTransaction(statements)), (defect) =>
      isSqlError(defect) ? Effect.fail(defect) : Effect.die(defect)
    )
  }

  /** Keeps an effect out of the transaction that the calling fiber is in. */
  apart<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    const withoutTransaction = Context.omit(this.#sql.transactionService)
    // The transaction is no part of what an effect requires.
    return Effect.updateContext(
      effect,
      (context: Context.Context<R>) => withoutTransaction(context) as Context.Context<R>
    )
  }
}
