import { environment } from "../src/layers/Environment.ts"
import * as sdk from "@openmeter/sdk"
import { startEmulator } from "@openmeter/sdk/testing"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { existsSync, globSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { servers } from "./support/servers.ts"
import {
  fromExamples,
  fromMarkdown,
  isWhole,
  Workspace,
  type Faults,
  type Program,
  type Snippet
} from "./support/snippets.ts"

const root = join(import.meta.dirname, "..")
const read = (file: string) => readFileSync(join(root, file), "utf8")

const guides = globSync("docs/*.md", { cwd: root }).sort()
const documents = ["README.md", ...guides].flatMap(fromMarkdown)
const examples = fromExamples("src/**/*.ts")
const workspace = new Workspace([...documents, ...examples])

let check: (snippet: Snippet) => Faults

beforeAll(async () => {
  check = await workspace.check()
}, 60_000)

afterAll(() => workspace.remove())

/** The servers besides the emulator that a program wants. */
const wantedBy = (program: Program) =>
  Object.entries(servers).filter(([variable]) => program.some(({ lines }) => lines.join().includes(variable)))

/**
 * Runs programs once for all of their snippets, against an emulator and servers of their own. Gives the reason if one of
 * these cannot be had.
 */
const runner = (...programs: ReadonlyArray<Program>) => {
  const run = async () => {
    await using emulator = await startEmulator()
    await using started = new AsyncDisposableStack()
    const variables: Record<string, string> = {}
    for (const [variable, start] of programs.flatMap(wantedBy)) {
      const server = await start()
      if (typeof server === "string") return server
      started.defer(server.stop)
      variables[variable] = server.url
    }
    return await workspace.run(programs, emulator.url, variables)
  }
  let outcome: ReturnType<typeof run> | undefined
  return (): ReturnType<typeof run> => (outcome ??= run())
}

describe("every snippet of the README and the guides compiles and runs", () => {
  for (const program of documents) {
    const run = runner(program)
    for (const snippet of program) {
      it(snippet.name, async ({ skip }) => {
        assert.deepStrictEqual(check(snippet), [])
        if (snippet.with !== undefined) return
        const faults = await run()
        if (typeof faults === "string") return skip(faults)
        assert.deepStrictEqual(faults(snippet), [])
      })
    }
  }
})

describe("every example in the sources compiles, and runs if it is a whole program", () => {
  const run = runner(...examples.filter(isWhole))
  for (const [snippet, whole] of examples.map((program) => [program[0]!, isWhole(program)] as const)) {
    it(snippet.name, async () => {
      assert.deepStrictEqual(check(snippet), [])
      if (!whole) return
      const faults = await run()
      assert.deepStrictEqual(typeof faults === "string" ? faults : faults(snippet), [])
    })
  }
})

describe("what the README and the guide to the calls say is so", () => {
  const text = read("README.md")

  it("shows every call of the client", () => {
    const code = fromMarkdown("docs/calls.md")
      .flat()
      .flatMap(({ lines }) => lines)
    const client = new sdk.OpenMeter({ baseUrl: "http://localhost" })
    const calls = Object.entries(client).flatMap(([resource, methods]) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(methods))
        .filter((method) => method !== "constructor")
        .map((method) => `.${resource}.${method}(`)
    )
    assert.isAbove(calls.length, 60)
    assert.deepStrictEqual(
      calls.filter((call) => !code.some((line) => line.includes(call))),
      []
    )
  })

  const rows = [...text.matchAll(/^\| `(\w+Error)` \| (?:(\d{3}): )?.* \| (yes|no|–|[\d, ]+|unless .*) \| .*\|$/gm)]
  const errors = new Map<string, unknown>(
    Object.entries(sdk).filter(([name]) => name.endsWith("Error") && name !== "OpenMeterError")
  )

  it("lists every error that a program can meet", () => {
    assert.sameMembers(
      rows.map(([, name]) => name),
      [...errors.keys()]
    )
  })

  it("says which errors are an OpenMeterError, and whether they are retryable", () => {
    const statuses = [408, 409, 500, 501, 502, 503, 504, 505]
    const [ofCalls, others] = [rows.slice(0, -3), rows.slice(-3)]
    const told = ofCalls.flatMap(([, name, status, retryable]) =>
      retryable === "yes" || retryable === "no"
        ? [{ name, status: status === undefined ? undefined : Number(status), isRetryable: retryable === "yes" }]
        : statuses
            .filter((status) => status >= 500 === (name === "ServerError"))
            .map((status) => ({ name, status, isRetryable: retryable!.split(", ").includes(String(status)) }))
    )
    const actual = told.map(({ name, status }) => {
      const error: unknown = Reflect.construct(errors.get(name!) as typeof sdk.ServerError, [{ status }])
      assert.isTrue(error instanceof sdk.OpenMeterError, name)
      return { name, status, isRetryable: error instanceof sdk.OpenMeterError && error.isRetryable }
    })
    assert.deepStrictEqual(told, actual)

    const reasons = ["full", "corrupt", "unavailable"] as const
    const instances = [
      ...reasons.map((reason) => new sdk.OutboxError({ reason, message: "" })),
      new sdk.AbortError(undefined),
      new sdk.ClosedError()
    ]
    assert.deepStrictEqual(
      others.map(([, name, , retryable]) => [name, retryable]),
      [
        ["OutboxError", "unless `reason` is `corrupt`"],
        ["AbortError", "–"],
        ["ClosedError", "–"]
      ]
    )
    assert.deepStrictEqual(
      instances.map((error) => ("isRetryable" in error ? error.isRetryable : undefined)),
      [true, false, true, undefined, undefined]
    )
    assert.isFalse(instances.some((error: unknown) => error instanceof sdk.OpenMeterError))
  })

  it("says which Node is needed, as the package does", () => {
    const { engines } = JSON.parse(read("package.json"))
    const version = engines.node.replace(/^>=/, "")
    for (const file of ["README.md", "docs/migrating.md"]) assert.include(read(file), `Node ${version}`, file)
  })

  it("lists every variable of the environment", () => {
    assert.deepStrictEqual(
      Object.keys(environment).filter(
        (option) => !text.includes(`OPENMETER_${option.replace(/[A-Z]/g, "_$&").toUpperCase()}`)
      ),
      []
    )
  })

  it("tells the figures of the replay", () => {
    const golden = globSync("test/golden/*.json", { cwd: root }).sort()
    const output = execFileSync(process.execPath, ["scripts/replay.ts", "--quiet", ...golden], {
      cwd: root,
      encoding: "utf8"
    })
    const figures = output.trimEnd().split("\n").slice(-2).join("\n")
    assert.include(text, `\n${figures}\n`)
  })
})

describe.each(["README.md", "CONTRIBUTING.md", ...guides])("what %s names exists", (file) => {
  const text = read(file)

  it("scripts", () => {
    const { scripts } = JSON.parse(read("package.json"))
    const named = [...text.matchAll(/npm run (?:--\w+ )?([\w:-]+)/g)].map(([, name]) => name!)
    assert.deepStrictEqual(
      named.filter((name) => !(name in scripts)),
      []
    )
  })

  it("files and headings", () => {
    const slug = (heading: string) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, "")
        .replaceAll(" ", "-")
    const headings = (path: string) => [...read(path).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => slug(heading!))
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)]
    const dead = links.filter(([, path, heading]) => {
      const target = path === "" ? file : join(dirname(file), path!)
      return !existsSync(join(root, target)) || (heading !== undefined && !headings(target).includes(heading))
    })
    assert.deepStrictEqual(
      dead.map(([link]) => link),
      []
    )
  })
})
