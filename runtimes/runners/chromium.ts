/**
 * Chromium: the suite as a page. Its server is the emulator of the suite; the portal's emulator is another origin.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { Faults } from "@openmeter/sdk/testing"
import { Effect } from "effect"
import { bundle } from "./bundle.ts"
import { output } from "./command.ts"
import { patience, type Runtime } from "./Runtime.ts"
import { checkTypes } from "./types.ts"

const executables = ["chromium", "chromium-browser", "google-chrome"]

const find = async (): Promise<{ readonly executable: string; readonly version: string }> => {
  const candidates = process.env["CHROMIUM"] === undefined ? executables : [process.env["CHROMIUM"]]
  for (const executable of candidates) {
    const printed = await output(executable, ["--version"]).catch(() => undefined)
    if (printed !== undefined) return { executable, version: /\d+[\d.]*/.exec(printed)?.[0] ?? printed.trim() }
  }
  throw new Error(`no ${candidates.join(", ")} on the path; CHROMIUM may name one`)
}

/** Serves the page beside the emulator, and hands on what the page reports. */
const site = (
  files: Readonly<Record<string, { readonly type: string; readonly body: string }>>,
  report: (outcomes: string) => void
): Faults.Fault =>
  Faults.always("*", (next, random) => (attempt) => {
    const { body, url } = attempt.request
    const file = files[url]
    if (file !== undefined) {
      const headers = { "content-type": file.type }
      return Faults.respond({ status: 200, headers, body: file.body })(next, random)(attempt)
    }
    if (url !== "/suite/outcomes") return next(attempt)
    return Effect.andThen(
      Effect.sync(() => report(body)),
      Faults.respond({ status: 204, headers: {}, body: undefined })(next, random)(attempt)
    )
  })

const page =
  '<!doctype html><meta charset="utf-8"><title>Suite</title><script type="module" src="/suite/page.js"></script>'

/** A real browser without a window. */
export const chromium: Runtime = {
  name: "chromium",
  isBrowser: true,
  install: async (project) => {
    const { executable, version } = await find()
    return {
      version,
      checkTypes: () => checkTypes(project, { host: "page" }),
      run: async ({ emulator, setting }) => {
        const script = readFileSync(await bundle(project, "page"), "utf8")
        const { promise: outcomes, reject, resolve } = Promise.withResolvers<string>()
        const files = {
          "/suite/": { type: "text/html", body: page },
          "/suite/page.js": { type: "text/javascript", body: script },
          "/suite/setting": { type: "application/json", body: JSON.stringify(setting) }
        }
        await emulator.inject(site(files, resolve))
        const browser = spawn(
          executable,
          [
            "--headless",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // Without it, root cannot start it.
            ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
            `--user-data-dir=${mkdtempSync(join(project, "chromium-"))}`,
            "--remote-debugging-port=0",
            `${setting.baseUrl}/suite/`
          ],
          { stdio: "ignore" }
        )
        browser.once("error", reject)
        browser.once("exit", () => reject(new Error("the browser ended before the suite did")))
        const timer = setTimeout(() => reject(new Error(`the page has not reported after ${patience} ms`)), patience)
        try {
          return JSON.parse(await outcomes)
        } finally {
          clearTimeout(timer)
          if (browser.exitCode === null) {
            const ended = once(browser, "exit")
            browser.kill()
            await ended
          }
        }
      }
    }
  }
}
