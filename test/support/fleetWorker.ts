/**
 * One process of a fleet that shares an outbox in Postgres. It offers what its standard input says, line by line, and
 * tells on its standard output what was taken; it delivers until its input ends.
 */
import { PgClient } from "@effect/sql-pg"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Redacted from "effect/Redacted"
import * as SqlClient from "effect/sql/SqlClient"
import { createInterface } from "node:readline"
import { Transport } from "../../src/layers/Transport.ts"
import { PostgresOutbox } from "../../src/postgres.ts"
import { EventBuffer } from "../../src/services/EventBuffer.ts"
import { Ingest } from "../../src/services/Ingest.ts"

const [databaseUrl = "", baseUrl = "", table = ""] = process.argv.slice(2)

const Delivery = EventBuffer.layer({ linger: 10, baseDelay: 50, maxDelay: 200 }).pipe(
  Layer.provide(PostgresOutbox.layerOutbox({ lease: "2 seconds", pollInterval: "50 millis" })),
  Layer.provide(Ingest.layer),
  Layer.provide(Transport.layer({ baseUrl }))
)

const runtime = ManagedRuntime.make(
  Delivery.pipe(
    Layer.provideMerge(PostgresOutbox.layer({ table })),
    Layer.provideMerge(PgClient.layer({ url: Redacted.make(databaseUrl) }))
  )
)

type Services = ManagedRuntime.ManagedRuntime.Services<typeof runtime>

const event = (id: string) => ({ id, source: "fleet", type: "order", subject: "customer-1", data: { items: 1 } })

/** An order and its event, in one transaction. An order that is there already was metered with it. */
const transact = (id: string, end: Effect.Effect<void, string>) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const outbox = yield* PostgresOutbox
    yield* Effect.gen(function* () {
      const orders = yield* sql`insert into orders (id) values (${id}) on conflict do nothing returning id`
      if (orders.length > 0) yield* outbox.offer(event(id))
      yield* end
    }).pipe(sql.withTransaction)
  })

const offers = {
  committed: (id: string) => transact(id, Effect.void),
  rolledBack: (id: string) => Effect.ignore(transact(id, Effect.fail("no stock"))),
  buffered: (id: string) => Effect.asVoid(Effect.flatMap(EventBuffer, (buffer) => buffer.offer(event(id))))
}

const under = new Set<Promise<void>>()

await runtime.runPromise(Effect.void)
process.stdout.write("ready\n")
for await (const line of createInterface({ input: process.stdin })) {
  const [kind, id] = line.split(" ") as [keyof typeof offers, string]
  const offer: Effect.Effect<void, unknown, Services> = offers[kind](id)
  const offered = runtime.runPromise(offer).then(
    () => void process.stdout.write(`taken ${id}\n`),
    (error: unknown) => void process.stderr.write(`${line}: ${String(error)}\n`)
  )
  under.add(offered)
  void offered.finally(() => under.delete(offered))
}
await Promise.all(under)
await runtime.dispose()
