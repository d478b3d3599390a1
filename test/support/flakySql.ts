/**
 * A database client of which answers get lost.
 */
import * as Effect from "effect/Effect"
import type * as SqlClient from "effect/sql/SqlClient"
import { ConnectionError, SqlError } from "effect/sql/SqlError"

/** A statement, by a part of its text, or the end of a transaction. */
type Loss = "commit" | RegExp

export interface FlakySql {
  readonly sql: SqlClient.SqlClient
  /** Loses the next answer of a kind: what was asked for is done nevertheless. */
  readonly lose: (loss: Loss) => void
  /** Stops for ever before anything of a kind is sent. */
  readonly stall: (at: Loss) => void
  /** How many losses have not happened yet. */
  readonly left: () => number
}

const lost = Effect.fail(
  new SqlError({ reason: new ConnectionError({ cause: new Error("Connection terminated"), message: "lost" }) })
)

/** Wraps a client. */
export const flakySql = (sql: SqlClient.SqlClient): FlakySql => {
  const losses: Array<Loss> = []
  const stalls: Array<Loss> = []
  const loseIf =
    (isMeant: (loss: Loss) => boolean) =>
    <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      Effect.flatMap(effect, (answer): Effect.Effect<A, SqlError> => {
        const index = losses.findIndex(isMeant)
        if (index === -1) return Effect.succeed(answer)
        losses.splice(index, 1)
        return lost
      })
  const members = {
    withoutTransforms: () => flaky,
    unsafe: (text: string, values: ReadonlyArray<unknown>) =>
      stalls.some((stall) => stall !== "commit" && stall.test(text))
        ? Effect.never
        : loseIf((loss) => loss !== "commit" && loss.test(text))(sql.unsafe(text, values)),
    withTransaction: <A, E, R>(effect: Effect.Effect<A, E, R>) =>
      loseIf((loss) => loss === "commit")(
        sql.withTransaction(stalls.includes("commit") ? Effect.andThen(effect, Effect.never) : effect)
      )
  }
  // Only what an outbox uses is another's.
  const flaky = new Proxy(sql, {
    get: (target, name) => Reflect.get(Reflect.has(members, name) ? members : target, name)
  })
  return {
    sql: flaky,
    lose: (loss) => void losses.push(loss),
    stall: (at) => void stalls.push(at),
    left: () => losses.length
  }
}
