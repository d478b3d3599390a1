import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import * as Faults from "../../src/emulator/Faults.ts"
import { EventBuffer } from "../../src/services/EventBuffer.ts"
import { Database } from "../../src/services/outbox/file/Database.ts"
import * as FileOutbox from "../../src/services/outbox/FileOutbox.ts"
import { Outbox, type OutboxError, type OutboxService } from "../../src/services/Outbox.ts"
import { batches, event, events, IngestLive, inject, offerAll, pass, stored } from "../support/buffer.ts"
import { durableOutboxLaws, outboxEvent, outboxLaws } from "./outboxLaws.ts"

/** A path at which there is no file yet. */
const freshPath = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => fs.mkdtempSync(join(tmpdir(), "openmeter-outbox-"))),
    (directory) => Effect.sync(() => fs.rmSync(directory, { recursive: true }))
  ),
  (directory) => join(directory, "usage.outbox")
)

const openWith = (options: FileOutbox.FileOutboxOptions) =>
  Effect.map(Layer.build(FileOutbox.layer(options)), (context) => Context.get(context, Outbox))

const storage = Effect.map(freshPath, (path) => ({ open: openWith({ path }) }))

/** Uses an outbox and closes it. */
const visit = <A, E>(path: string, use: (outbox: OutboxService) => Effect.Effect<A, E>) =>
  Effect.scoped(Effect.flatMap(openWith({ path }), use))

/** How much of the heap is in use, without what nobody holds any more. */
const heapUsed = () => {
  setFlagsFromString("--expose_gc")
  runInNewContext("gc")()
  return process.memoryUsage().heapUsed
}

const everything = { count: 10_000, bytes: Infinity }

/** The error of an outbox that cannot be opened. */
const refusal = (path: string) =>
  Effect.map(Effect.flip(Effect.scoped(openWith({ path }))), (error) => error as OutboxError)

outboxLaws("The outbox in a file", storage)
durableOutboxLaws("The outbox in a file", storage)

describe("The outbox in a file", () => {
  it.effect("stores what many put at the same time, each in its place", () =>
    Effect.gen(function* () {
      const outbox = yield* openWith({ path: yield* freshPath })
      const puts = Array.from({ length: 1000 }, (_, i) => [outboxEvent(`${i}a`), outboxEvent(`${i}b`)])
      const sequences = yield* Effect.forEach(puts, outbox.put, { concurrency: "unbounded" })
      const claimed = yield* outbox.claim(everything)
      assert.deepStrictEqual(
        claimed.map(({ id, sequence }) => [id, sequence]),
        puts.flatMap((put, i) => put.map(({ id }, j) => [id, sequences[i]![j]!]))
      )
    })
  )

  it.effect("tells how much an earlier process left", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      const put = [outboxEvent("1"), outboxEvent("2")]
      yield* visit(path, (outbox) => outbox.put(put))
      yield* visit(path, (outbox) =>
        Effect.map(outbox.backlog, (backlog) =>
          assert.deepStrictEqual(backlog, { count: 2, bytes: put[0]!.bytes + put[1]!.bytes })
        )
      )
    })
  )

  it.effect("is for one process at a time", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      yield* openWith({ path })
      const error = yield* refusal(path)
      assert.deepInclude({ ...error }, { _tag: "OutboxError", reason: "unavailable" })
      assert.include(error.message, path)
    })
  )

  it.effect("keeps to its size on the disk, says that it is full, and takes more when something is removed", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      const maxBytes = 16 * 1024 * 1024
      const outbox = yield* openWith({ path, maxBytes })
      const used = () =>
        fs.readdirSync(join(path, "..")).reduce((sum, name) => sum + fs.statSync(join(path, "..", name)).size, 0)
      const big = (id: string) => outboxEvent(id, { json: "x".repeat(100_000) })
      let count = 0
      const fill = Effect.gen(function* () {
        while (true) {
          yield* outbox.put([big(String(count))])
          count += 1
          assert.isAtMost(used(), maxBytes)
        }
      })
      const first = yield* Effect.flip(fill)
      assert.deepInclude({ ...first }, { _tag: "OutboxError", reason: "full" })
      assert.isAbove(count, 80)
      const claimed = yield* outbox.claim({ count: 50, bytes: Infinity })
      yield* outbox.remove(claimed)
      const before = count
      assert.strictEqual((yield* Effect.flip(fill)).reason, "full")
      assert.isAbove(count - before, 40)
      assert.strictEqual((yield* outbox.claim(everything)).length, count - claimed.length)
    })
  )

  it.effect("keeps the bodies of events that stand behind others of their key on the disk alone", () =>
    Effect.gen(function* () {
      const outbox = yield* openWith({ path: yield* freshPath })
      const json = JSON.stringify("x".repeat(10_000))
      for (let i = 0; i < 40; i++) {
        yield* outbox.put(Array.from({ length: 100 }, (_, j) => outboxEvent(`${i * 100 + j}`, { key: "a", json })))
      }
      const first = yield* outbox.claim({ count: 100, bytes: Infinity })
      const before = heapUsed()
      for (let i = 0; i < 10; i++) {
        assert.deepStrictEqual(yield* outbox.claim({ count: 100, bytes: Infinity }), [])
      }
      assert.isBelow(heapUsed() - before, 10 * 1024 * 1024)
      yield* outbox.remove(first)
      const rest = yield* outbox.claim(everything)
      assert.deepStrictEqual(
        rest.map(({ id }) => id),
        Array.from({ length: 3900 }, (_, i) => String(i + 100))
      )
      assert.isTrue(rest.every((entry) => entry.json === json))
    })
  )

  it.effect(
    "keeps to its size on the disk, and to short transactions, when it removes many events that lie apart",
    () =>
      Effect.gen(function* () {
        const path = yield* freshPath
        const outbox = yield* openWith({ path })
        const json = "x".repeat(3000)
        const put = Array.from({ length: 8000 }, (_, i) => outboxEvent(String(i), { json }))
        yield* Effect.forEach(put, (event) => outbox.put([event]), { concurrency: "unbounded", discard: true })
        const claimed = yield* outbox.claim({ count: 8000, bytes: Infinity })
        yield* outbox.remove(claimed.filter((_, i) => i % 2 === 0))
        assert.isAtMost(fs.statSync(`${path}-wal`).size, 1500 * 4096)
        yield* outbox.release(claimed.filter((_, i) => i % 2 === 1))
        assert.strictEqual((yield* outbox.claim({ count: 8000, bytes: Infinity })).length, 4000)
      })
  )

  it.effect("leaves room on the disk, without which nothing could be removed", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      let free = 100 * 1024 * 1024
      const database = new Database({ path, maxBytes: 64 * 1024 * 1024, durability: "process", freeBytes: () => free })
      yield* Effect.addFinalizer(() => Effect.sync(() => database.close()))
      const [sequence] = database.insert([outboxEvent("1")])
      free = 12_000_000
      const refused = yield* Effect.flip(
        Effect.try({ try: () => database.insert([outboxEvent("2")]), catch: (error) => error as OutboxError })
      )
      assert.deepInclude({ ...refused }, { _tag: "OutboxError", reason: "full" })
      assert.match(refused.message, /^cannot store 1 event in the outbox .*: less than \d+ bytes are free on its disk$/)
      database.delete([sequence!])
      assert.deepStrictEqual(database.size, { count: 0, bytes: 0 })
    })
  )

  it.effect("is a file even if SQLite has another meaning for its name", () =>
    Effect.gen(function* () {
      const directory = join(yield* freshPath, "..")
      const before = process.cwd()
      process.chdir(directory)
      yield* Effect.addFinalizer(() => Effect.sync(() => process.chdir(before)))
      for (const path of [":memory:", "file:memory"]) {
        yield* visit(path, (outbox) => outbox.put([outboxEvent("1")]))
        assert.strictEqual((yield* visit(path, (outbox) => outbox.claim(everything))).length, 1)
        assert.isTrue(fs.existsSync(join(directory, path)))
      }
    })
  )

  it.effect("says why it cannot be opened", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      const directory = yield* refusal(join(path, ".."))
      const orphan = yield* refusal(join(path, "..", "missing", "usage.outbox"))
      for (const error of [directory, orphan]) {
        assert.deepInclude({ ...error }, { _tag: "OutboxError", reason: "unavailable" })
        assert.match(error.message, /^cannot open the outbox .*; it must be a file, in a directory that exists/)
      }
      yield* openWith({ path })
      assert.match((yield* refusal(path)).message, /^cannot open the outbox .*; another process has it open$/)
    })
  )

  // Nothing is forbidden to root.
  it.effect.skipIf(process.getuid?.() === 0)("cannot be opened by a process that may not write to it", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      yield* visit(path, (outbox) => outbox.put([outboxEvent("1")]))
      fs.chmodSync(path, 0o444)
      const error = yield* refusal(path)
      assert.deepInclude({ ...error }, { _tag: "OutboxError", reason: "unavailable" })
      assert.match(error.message, /^cannot open the outbox .*permi/)
    })
  )

  it.effect("refuses options that are wrong", () =>
    Effect.gen(function* () {
      const wrong: ReadonlyArray<readonly [options: object, field: string]> = [
        [{ path: "" }, "path"],
        [{}, "path"],
        [{ path: "x", maxBytes: 1 }, "maxBytes"],
        [{ path: "x", maxCount: 0 }, "maxCount"],
        [{ path: "x", durability: "none" }, "durability"],
        [{ path: "x", size: 1 }, "size"]
      ]
      for (const [options, field] of wrong) {
        const error = yield* Effect.flip(Effect.scoped(openWith(options as FileOutbox.FileOutboxOptions)))
        assert.deepInclude({ ...error }, { _tag: "InvalidRequestError", field })
      }
    })
  )

  it.effect("keeps what it takes also when it waits for the disk", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      yield* Effect.scoped(
        Effect.flatMap(openWith({ path, durability: "power" }), (outbox) => outbox.put([outboxEvent("1")]))
      )
      const claimed = yield* visit(path, (outbox) => outbox.claim(everything))
      assert.deepStrictEqual(
        claimed.map(({ id }) => id),
        ["1"]
      )
    })
  )
})

describe("The outbox in a file reports as corrupt", () => {
  const filled = Effect.gen(function* () {
    const path = yield* freshPath
    yield* visit(path, (outbox) =>
      outbox.put(
        Array.from({ length: 500 }, (_, i) => outboxEvent(`id-${i}`, { json: `{"n":${i},"x":"${"y".repeat(200)}"}` }))
      )
    )
    return path
  })

  it.effect("a file that is no database", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      fs.writeFileSync(path, "These are my notes of last summer. ".repeat(1000))
      const before = fs.readFileSync(path)
      assert.strictEqual((yield* refusal(path)).reason, "corrupt")
      assert.deepStrictEqual(fs.readFileSync(path), before)
    })
  )

  for (const [what, sql, message] of [
    ["a database of another program", "CREATE TABLE event (name TEXT)", /it is not an outbox$/],
    [
      "a database of another program in WAL mode",
      "PRAGMA journal_mode = WAL; CREATE TABLE event (name TEXT)",
      /it is not an outbox$/
    ],
    ["an empty database of another program", "PRAGMA user_version = 7", /it is not an outbox$/],
    [
      "an outbox of a later format",
      "CREATE TABLE event (name TEXT); PRAGMA application_id = 0x4f4d4f42; PRAGMA user_version = 2",
      /its format is 2, but this version of the package reads format 1$/
    ]
  ] as const) {
    it.effect(`${what}, and leaves it as it is`, () =>
      Effect.gen(function* () {
        const path = yield* freshPath
        const database = new DatabaseSync(path)
        database.exec(sql)
        database.close()
        const before = fs.readFileSync(path)
        const error = yield* refusal(path)
        assert.strictEqual(error.reason, "corrupt")
        assert.match(error.message, message)
        assert.deepStrictEqual(fs.readFileSync(path), before)
        assert.deepStrictEqual(fs.readdirSync(join(path, "..")), ["usage.outbox"])
      })
    )
  }

  it.effect("a log of which the file is missing or empty, and leaves it as it is", () =>
    Effect.gen(function* () {
      const [from, path] = [yield* freshPath, yield* freshPath]
      const outbox = yield* openWith({ path: from })
      yield* outbox.put([outboxEvent("1")])
      // As a process leaves it that is killed.
      fs.copyFileSync(`${from}-wal`, `${path}-wal`)
      const log = fs.readFileSync(`${path}-wal`)
      assert.strictEqual((yield* refusal(path)).reason, "corrupt")
      fs.writeFileSync(path, "")
      const error = yield* refusal(path)
      assert.strictEqual(error.reason, "corrupt")
      assert.match(error.message, /is damaged: it is missing or empty, but its log .*-wal exists/)
      assert.deepStrictEqual(fs.readFileSync(`${path}-wal`), log)
      fs.copyFileSync(from, path)
      assert.strictEqual((yield* visit(path, (restored) => restored.claim(everything))).length, 1)
    })
  )

  it.effect("a file of which a part is overwritten", () =>
    Effect.gen(function* () {
      const path = yield* filled
      const file = fs.openSync(path, "r+")
      fs.writeSync(file, Buffer.alloc(8192, 7), 0, 8192, 16_384)
      fs.closeSync(file)
      assert.strictEqual((yield* refusal(path)).reason, "corrupt")
    })
  )

  it.effect("a file of which the end is missing", () =>
    Effect.gen(function* () {
      const path = yield* filled
      fs.truncateSync(path, fs.statSync(path).size - 8192)
      assert.strictEqual((yield* refusal(path)).reason, "corrupt")
    })
  )

  it.effect("an event of which a character has changed, and gives those before it", () =>
    Effect.gen(function* () {
      const path = yield* filled
      const content = fs.readFileSync(path)
      const at = content.indexOf('{"n":321,')
      assert.isAbove(at, 0)
      content.write('{"n":921,', at)
      fs.writeFileSync(path, content)
      const outbox = yield* openWith({ path })
      const claimed = yield* outbox.claim({ count: 1000, bytes: Infinity })
      assert.deepStrictEqual(
        claimed.map(({ id }) => id),
        Array.from({ length: 321 }, (_, i) => `id-${i}`)
      )
      for (let times = 0; times < 2; times++) {
        const error = yield* Effect.flip(outbox.claim(everything))
        assert.strictEqual(error.reason, "corrupt")
        assert.match(error.message, /event id-321 \(source laws\)/)
      }
    })
  )
})

describe("A buffer with its outbox in a file", () => {
  const live = (path: string) =>
    EventBuffer.layer().pipe(Layer.provide(FileOutbox.layer({ path })), Layer.provideMerge(IngestLive()))

  /** One life of a process. */
  const life = <A, E>(path: string, run: Effect.Effect<A, E, Layer.Success<ReturnType<typeof live>>>) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const context = yield* Layer.buildWithScope(live(path), scope)
      return yield* run.pipe(
        Effect.ensuring(Effect.forkDetach(pass(60, 1))),
        Effect.ensuring(Scope.close(scope, Exit.void)),
        Effect.provide(context)
      )
    })

  it.effect("delivers in the next life what it could not in this one, with the same ids", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      const receipts = yield* life(
        path,
        Effect.gen(function* () {
          const buffer = yield* EventBuffer
          yield* inject(Faults.always("ingestEvents", Faults.status(503)))
          const receipts = yield* offerAll(events(0, 20))
          yield* pass(5)
          const closing = yield* Effect.forkChild(buffer.close({ timeout: "5 seconds" }))
          yield* pass(10)
          assert.deepStrictEqual(closing.pollUnsafe(), Exit.succeed([]))
          assert.deepInclude(yield* buffer.stats, { offered: 20, pending: 20 })
          return receipts
        })
      )
      assert.deepStrictEqual(
        receipts.map(({ outcome }) => outcome?._tag),
        events(0, 20).map(() => "Kept" as const)
      )
      yield* life(
        path,
        Effect.gen(function* () {
          const buffer = yield* EventBuffer
          assert.deepInclude(yield* buffer.stats, { offered: 20, recovered: 20, pending: 20 })
          yield* offerAll([event(20)])
          yield* Effect.forkChild(buffer.flush)
          yield* pass(1)
          assert.deepStrictEqual(
            yield* stored,
            Array.from({ length: 21 }, (_, i) => String(i))
          )
          assert.deepInclude(yield* buffer.stats, { offered: 21, recovered: 20, delivered: 21, pending: 0 })
        })
      )
      yield* life(
        path,
        Effect.andThen(
          pass(5),
          Effect.map(batches, (all) => assert.deepStrictEqual(all, []))
        )
      )
    })
  )

  it.effect("does not open without its file", () =>
    Effect.gen(function* () {
      const path = yield* freshPath
      fs.writeFileSync(path, "no database".repeat(1000))
      const error = yield* Effect.flip(Effect.scoped(Layer.build(live(path))))
      assert.deepInclude({ ...error }, { _tag: "OutboxError", reason: "corrupt" })
    })
  )
})
