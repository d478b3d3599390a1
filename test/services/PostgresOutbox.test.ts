import { afterAll, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SqlClient from "effect/sql/SqlClient"
import { Outbox } from "../../src/services/Outbox.ts"
import { PostgresOutbox } from "../../src/services/outbox/PostgresOutbox.ts"
import { connect, startPostgres } from "../support/postgres.ts"
import { durableOutboxLaws, outboxLaws } from "./outboxLaws.ts"

const postgres = await startPostgres()

if (typeof postgres === "string") {
  describe.skip(`The outbox in Postgres: ${postgres}`, () => it("is not tested", () => {}))
} else {
  afterAll(postgres.stop)

  let tables = 0
  const storage = Effect.gen(function* () {
    const sql = yield* connect(postgres.url)
    const table = `outbox_${++tables}`
    return {
      open: PostgresOutbox.layerOutbox().pipe(
        Layer.provide(PostgresOutbox.layer({ table })),
        Layer.provide(Layer.succeed(SqlClient.SqlClient, sql)),
        Layer.build,
        Effect.map((context) => Context.get(context, Outbox))
      )
    }
  })

  outboxLaws("The outbox in Postgres", storage)
  durableOutboxLaws("The outbox in Postgres", storage)
}
