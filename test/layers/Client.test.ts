import { assert, describe, it } from "@effect/vitest"
import { Effect, SchemaAST } from "effect"
import { HttpApi, type HttpApiSchema } from "effect/http-api"
import { MetersApi } from "../../src/api/Meters.ts"
import { OpenMeterApi } from "../../src/api/OpenMeterApi.ts"
import { client } from "../../src/layers/Client.ts"
import { makeCall } from "../../src/layers/Endpoint.ts"
import { Transport } from "../../src/layers/Transport.ts"
import { answering, json, text } from "../support/http.ts"

describe("an endpoint of the contract", () => {
  HttpApi.reflect(OpenMeterApi, {
    // Ingestion has calls of its own.
    predicate: ({ group }) => group.identifier !== "ingest",
    onGroup() {},
    onEndpoint(reflected) {
      const { endpoint, successes } = reflected
      it(`has nothing that a call cannot do: ${endpoint.identifier}`, () => {
        const [schemas = [], ...otherStatuses] = successes.values()
        const [success, ...others] = schemas
        assert.isDefined(success)
        assert.isEmpty([...otherStatuses, ...others])
        // What effect notes of a schema that travels otherwise than as JSON.
        const encodingOf = SchemaAST.resolveAt<HttpApiSchema.Encoding>("~httpApiEncoding")
        const isText = SchemaAST.isString(SchemaAST.toEncoded(success.ast))
        assert.strictEqual(encodingOf(success.ast)?._tag ?? "Json", isText ? "Text" : "Json")
        const payloads = [...endpoint.payload.values()]
        assert.isAtMost(payloads.length, 1)
        for (const { encoding, schemas } of payloads) {
          assert.strictEqual(encoding._tag, "Json")
          assert.lengthOf(schemas, 1)
        }
      })

      it.effect(`can be called: ${endpoint.identifier}`, () =>
        Effect.gen(function* () {
          // Made at the first call: what is wrong with a codec would come to light in a program.
          assert.isFunction(makeCall(yield* Transport, reflected))
        }).pipe(Effect.provide(answering().layer))
      )
    }
  })
})

describe("a client", () => {
  const meter = {
    id: "01JH0000000000000000000000",
    slug: "tokens",
    aggregation: "COUNT",
    eventType: "prompt",
    createdAt: "2025-01-01T00:00:00Z",
    updatedAt: "2025-01-01T00:00:00Z"
  }
  const query = { windowSize: "DAY", groupBy: ["model", "type"] } as const

  it.effect("sends what the contract says of each part, at the first call and at any other", () =>
    Effect.gen(function* () {
      const server = answering(json(200, [meter]), json(200, []), text(200, "text/csv", "a,b\n"), json(200, meter))
      yield* Effect.gen(function* () {
        const meters = yield* client(MetersApi)
        assert.lengthOf(yield* meters.listMeters({ query: { includeDeleted: true } }), 1)
        assert.lengthOf(yield* meters.listMeters({ query: {} }), 0)
        const params = { meterIdOrSlug: "a/b c" }
        assert.strictEqual(yield* meters.queryMeterCsv({ params, query, headers: { accept: "text/csv" } }), "a,b\n")
        yield* meters.updateMeter({ params, payload: { name: "Tokens" } })
      }).pipe(Effect.provide(server.layer))
      assert.deepStrictEqual(server.sent, [
        ["GET", "/api/v1/meters?includeDeleted=true"],
        ["GET", "/api/v1/meters"],
        ["GET", "/api/v1/meters/a%2Fb%20c/query?windowSize=DAY&groupBy=model&groupBy=type"],
        ["PUT", "/api/v1/meters/a%2Fb%20c", { name: "Tokens" }]
      ])
      assert.deepStrictEqual(
        server.headers.map((headers) => [headers["accept"], headers["content-type"]]),
        [
          [undefined, undefined],
          [undefined, undefined],
          ["text/csv", undefined],
          [undefined, "application/json"]
        ]
      )
    })
  )

  it.effect("sends nothing with a member that the contract does not have", () =>
    Effect.gen(function* () {
      const server = answering()
      const meters = yield* Effect.provide(client(MetersApi), server.layer)
      const wrong = { includeDelted: true } as object
      const error = yield* Effect.flip(meters.listMeters({ query: wrong }))
      assert.strictEqual(error.message, "listMeters: includeDelted: is not a known field")
      assert.isEmpty(server.sent)
    })
  )
})
