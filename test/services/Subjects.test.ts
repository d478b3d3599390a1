import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ConflictError, NotFoundError } from "../../src/errors.ts"
import type { SubjectUpsert } from "../../src/schemas/Subject.ts"
import { Subjects } from "../../src/services/Subjects.ts"
import { connect, json, noContent, problem } from "../support/http.ts"

const answered = {
  id: "01JH0000000000000000000001",
  key: "customer-1",
  displayName: "ACME",
  metadata: { seats: 5, since: "2024-01-01T00:00:00Z", flags: { beta: null } },
  createdAt: "2025-01-06T10:00:01Z",
  updatedAt: "2025-01-06T10:00:02Z"
}

const subject = {
  ...answered,
  createdAt: new Date("2025-01-06T10:00:01Z"),
  updatedAt: new Date("2025-01-06T10:00:02Z")
}

describe("Subjects", () => {
  it.effect("lists all in one request, as an array or as a stream", () =>
    Effect.gen(function* () {
      const { service: subjects, sent } = yield* connect(
        Subjects,
        Subjects.layer,
        json(200, [answered]),
        json(200, null)
      )
      assert.deepStrictEqual(yield* subjects.list(), [subject])
      assert.deepStrictEqual(yield* Stream.runCollect(subjects.items()), [])
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/subjects"],
        ["GET", "/api/v1/subjects"]
      ])
    })
  )

  it.effect("upserts many in one request, with null for what is to be cleared", () =>
    Effect.gen(function* () {
      const upserts: ReadonlyArray<SubjectUpsert> = [
        { key: "customer-1", displayName: "ACME", metadata: { seats: 5, nested: { gone: null } } },
        { key: "a/b %", displayName: null, metadata: null, stripeCustomerId: null }
      ]
      const { service: subjects, sent } = yield* connect(
        Subjects,
        Subjects.layer,
        json(200, [answered, { ...answered, key: "a/b %" }])
      )
      assert.deepStrictEqual(yield* subjects.upsert(upserts), [subject, { ...subject, key: "a/b %" }])
      assert.deepStrictEqual(sent, [["POST", "/api/v1/subjects", upserts]])
    })
  )

  it.effect("upserts a single subject as a list of one", () =>
    Effect.gen(function* () {
      const { service: subjects, sent } = yield* connect(Subjects, Subjects.layer, json(200, [answered]))
      const upsert: SubjectUpsert = { key: "customer-1", displayName: undefined, currentPeriodStart: new Date(0) }
      assert.deepStrictEqual(yield* subjects.upsert(upsert), [subject])
      assert.deepStrictEqual(sent, [
        ["POST", "/api/v1/subjects", [{ key: "customer-1", currentPeriodStart: "1970-01-01T00:00:00.000Z" }]]
      ])
    })
  )

  it.effect("sends nothing for an empty list", () =>
    Effect.gen(function* () {
      const { service: subjects, sent } = yield* connect(Subjects, Subjects.layer)
      assert.deepStrictEqual(yield* subjects.upsert([]), [])
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("fetches and deletes by a key with any characters", () =>
    Effect.gen(function* () {
      const { service: subjects, sent } = yield* connect(Subjects, Subjects.layer, json(200, answered), noContent)
      assert.deepStrictEqual(yield* subjects.get("a b/ü"), subject)
      assert.strictEqual(yield* subjects.delete("a%b"), undefined)
      assert.deepStrictEqual(sent, [
        ["GET", "/api/v1/subjects/a%20b%2F%C3%BC"],
        ["DELETE", "/api/v1/subjects/%61%25%62"]
      ])
    })
  )

  it.effect("reads a subject without anything optional, and drops what it does not know", () =>
    Effect.gen(function* () {
      const { id, key, createdAt, updatedAt } = answered
      const bare = { id, key, createdAt, updatedAt, displayName: null, metadata: null, invented: true }
      const { service: subjects } = yield* connect(Subjects, Subjects.layer, json(200, bare))
      const { displayName: _, metadata: __, ...rest } = subject
      assert.deepStrictEqual(yield* subjects.get("customer-1"), rest)
    })
  )

  it.effect("refuses what the server would refuse, by field, before anything is sent", () =>
    Effect.gen(function* () {
      const { service: subjects, sent } = yield* connect(Subjects, Subjects.layer)
      const refused = (upsert: object) =>
        // What a program without types may give.
        Effect.map(Effect.flip(subjects.upsert([{ key: "a" }, upsert as SubjectUpsert])), (error) => [
          error._tag,
          "field" in error ? error.field : undefined
        ])
      assert.deepStrictEqual(yield* refused({ key: "" }), ["InvalidRequestError", "[1].key"])
      assert.deepStrictEqual(yield* refused({}), ["InvalidRequestError", "[1].key"])
      assert.deepStrictEqual(yield* refused({ key: "b", metadata: { gone: null } }), [
        "InvalidRequestError",
        "[1].metadata.gone"
      ])
      assert.deepStrictEqual(yield* refused({ key: "b", metadata: { n: Number.NaN } }), [
        "InvalidRequestError",
        "[1].metadata.n"
      ])
      assert.deepStrictEqual(yield* refused({ key: "b", stripeCustomerId: "acct_1" }), [
        "InvalidRequestError",
        "[1].stripeCustomerId"
      ])
      assert.deepStrictEqual(yield* refused({ key: "b", currentPeriodEnd: "yesterday" }), [
        "InvalidRequestError",
        "[1].currentPeriodEnd"
      ])
      assert.deepStrictEqual(yield* refused({ key: "b", displayname: "B" }), ["InvalidRequestError", "[1].displayname"])
      for (const key of ["", ".", ".."]) {
        assert.strictEqual((yield* Effect.flip(subjects.get(key)))._tag, "InvalidRequestError")
        assert.strictEqual((yield* Effect.flip(subjects.delete(key)))._tag, "InvalidRequestError")
      }
      assert.deepStrictEqual(sent, [])
    })
  )

  it.effect("tells a conflict and a missing subject in the server's words", () =>
    Effect.gen(function* () {
      const { service: subjects } = yield* connect(
        Subjects,
        Subjects.layer,
        problem(409, "conflict error: subject with key already exists: dup"),
        problem(404, "not found error: subject not found"),
        problem(404, "not found error: subject not found")
      )
      const conflict = yield* Effect.flip(subjects.upsert([{ key: "dup" }, { key: "dup" }]))
      assert.instanceOf(conflict, ConflictError)
      assert.include(conflict.message, "subject with key already exists: dup")
      assert.instanceOf(yield* Effect.flip(subjects.get("nope")), NotFoundError)
      assert.instanceOf(yield* Effect.flip(subjects.delete("nope")), NotFoundError)
    })
  )
})
