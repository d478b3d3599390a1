import { assert, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { VERSION } from "../../src/version.ts"

const bin = fileURLToPath(new URL("../../src/emulator/bin.ts", import.meta.url))

/** The command, with what it printed so far. */
const start = (...args: ReadonlyArray<string>) => {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] })
  const output = { stdout: "", stderr: "" }
  child.stdout.on("data", (chunk) => (output.stdout += chunk))
  child.stderr.on("data", (chunk) => (output.stderr += chunk))
  const printed = async (pattern: RegExp): Promise<string> => {
    for (;;) {
      const match = pattern.exec(output.stdout)
      if (match !== null) return match[1] ?? match[0]
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${output.stderr}`)
      await once(child.stdout, "data")
    }
  }
  const ended = once(child, "close").then(([code]) => code as number | null)
  return { child, output, printed, ended }
}

const withFile = async <A>(content: string, use: (file: string) => Promise<A>): Promise<A> => {
  const directory = await mkdtemp(join(tmpdir(), "emulator-"))
  try {
    const file = join(directory, "seed.json")
    await writeFile(file, content)
    return await use(file)
  } finally {
    await rm(directory, { recursive: true })
  }
}

describe("openmeter-emulator", { timeout: 30_000 }, () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`serves its seed, prints requests, and stops cleanly on ${signal}`, async () => {
      const seed = { subjects: [{ key: "acme", displayName: "Acme" }] }
      await withFile(JSON.stringify(seed), async (file) => {
        const { child, ended, output, printed } = start("--port", "0", "--seed", file, "--log")
        const url = await printed(/listening on (http:\/\/127\.0\.0\.1:\d+)/)
        const response = await fetch(`${url}/api/v1/subjects/acme`)
        assert.deepInclude(await response.json(), { displayName: "Acme" })
        await printed(/GET \/api\/v1\/subjects\/acme 200 [\d.]+ ms/)
        child.kill(signal)
        assert.strictEqual(await ended, 0)
        assert.strictEqual(output.stderr, "")
      })
    })
  }

  it("tells which entry of a seed is refused", () =>
    withFile(`{"meters":[{"slug":"No"}]}`, async (file) => {
      const { ended, output } = start("--port", "0", "--seed", file)
      assert.strictEqual(await ended, 1)
      assert.include(output.stderr, "meters[0] was refused with 400")
    }))

  it("tells that a seed is none", () =>
    withFile("[]", async (file) => {
      const { ended, output } = start("--port", "0", "--seed", file)
      assert.strictEqual(await ended, 1)
      assert.include(output.stderr, "seed must be an object of meters, features, ")
    }))

  it("listens on the address that it is given, and tells one that can be reached", async () => {
    const { child, ended, printed } = start("--port", "0", "--host", "0.0.0.0")
    const url = await printed(/listening on (http:\/\/127\.0\.0\.1:\d+)/)
    // All of 127.0.0.0/8 is this machine, and only a server that listens on every address answers on all of it.
    const other = process.platform === "linux" ? url.replace("127.0.0.1", "127.0.0.2") : url
    assert.strictEqual((await fetch(`${other}/api/v1/meters`)).status, 200)
    child.kill("SIGTERM")
    assert.strictEqual(await ended, 0)
  })

  it("listens on the loopback address alone when it is given none", async () => {
    const { child, ended, printed } = start("--port", "0")
    const url = await printed(/listening on (http:\/\/127\.0\.0\.1:\d+)/)
    const error: unknown = await fetch(url.replace("127.0.0.1", "127.0.0.2")).catch((error: unknown) => error)
    assert.instanceOf(error, TypeError)
    child.kill("SIGTERM")
    assert.strictEqual(await ended, 0)
  })

  it("tells that a seed is no JSON", () =>
    withFile("{", async (file) => {
      const { ended, output } = start("--port", "0", "--seed", file)
      assert.strictEqual(await ended, 1)
      assert.include(output.stderr, `cannot read the seed ${file}`)
    }))

  it.each([["--port", "x"], ["--port", "70000"], ["--host", ""], ["--nonsense"], ["8888"]])(
    "explains itself when called with %s %s",
    async (...args) => {
      const { ended, output } = start(...args)
      assert.strictEqual(await ended, 2)
      assert.include(output.stderr, "Usage: openmeter-emulator")
    }
  )

  it.each(["--help", "-h"])("prints its usage for %s", async (option) => {
    const { ended, output } = start(option)
    assert.strictEqual(await ended, 0)
    assert.include(output.stdout, "Usage: openmeter-emulator")
  })

  it("prints the version of the package", async () => {
    const { ended, output } = start("--version")
    assert.strictEqual(await ended, 0)
    assert.strictEqual(output.stdout, `${VERSION}\n`)
  })
})
