/**
 * The code in documents, as programs: taken out, type-checked, and run.
 *
 * A block of a Markdown file that is marked `ts` is a module of its own. With the comment `<!-- continues -->` before it,
 * it goes on where the block before it left off, in a scope within that one's. `// => text` after a `console.log` says
 * what is printed. After `<!-- with name -->`, a block is written for the package of that name in the place of this one:
 * it is type-checked, and not run. Nothing else is special: what is in the block is what runs.
 */
import { spawn } from "node:child_process"
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import manifest from "../../package.json" with { type: "json" }

const root = join(import.meta.dirname, "../..")

/** The address in the documents at which an emulator listens. */
const documented = "http://localhost:8888"

/** What programs of the documents are written with. */
const packages = [
  "effect",
  "@effect/platform-node",
  "@effect/sql-pg",
  "@effect/vitest",
  "vitest",
  "@types/node",
  ...Object.keys(manifest.devDependencies).filter((name) => name.startsWith("openmeter-"))
]

/** The entry points of the package, as its sources. */
const entryPoints = Object.fromEntries(
  Object.entries(manifest.exports).flatMap(([path, target]) =>
    typeof target === "string" ? [] : [[path, target.default.replace(/^\.\/dist\/(.+)\.js$/, "./src/$1.ts")] as const]
  )
)

/** One block of code of a document. */
export interface Snippet {
  /** Where it stands, and under which heading. */
  readonly name: string
  readonly lines: ReadonlyArray<string>
  /** The place of its first line in the document, from 1. */
  readonly line: number
  readonly file: string
  /** The package that stands in the place of this one. */
  readonly with?: string
}

/** Snippets that go on from one another: one module. */
export type Program = ReadonlyArray<Snippet>

/** The programs of a Markdown file. */
export const fromMarkdown = (file: string): ReadonlyArray<Program> => {
  const lines = readFileSync(join(root, file), "utf8").split("\n")
  const programs: Array<Array<Snippet>> = []
  let heading = file
  lines.forEach((text, i) => {
    if (text.startsWith("#")) heading = text.replace(/^#+ /, "")
    if (text !== "```ts") return
    const line = i + 2
    const [, other] = /^<!-- with (\S+) -->$/.exec(lines[i - 1] ?? "") ?? []
    const snippet = {
      name: `${file}:${line} ${heading}`,
      lines: lines.slice(i + 1, lines.indexOf("```", i)),
      line,
      file,
      ...(other === undefined ? {} : { with: other })
    }
    if (lines[i - 1] === "<!-- continues -->") programs.at(-1)!.push(snippet)
    else programs.push([snippet])
  })
  return programs
}

/** The programs of the `@example` tags of the sources that match a pattern. */
export const fromExamples = (pattern: string): ReadonlyArray<Program> =>
  globSync(pattern, { cwd: root })
    .sort()
    .flatMap((file) => {
      const source = readFileSync(join(root, file), "utf8")
      return [...source.matchAll(/@example\n *\* ```ts\n([^]*?)\n *\* ```/g)].map((match): Program => {
        const line = source.slice(0, match.index).split("\n").length + 2
        return [
          {
            name: `${file}:${line}`,
            lines: match[1]!.split("\n").map((text) => text.replace(/^ *\* ?/, "")),
            line,
            file
          }
        ]
      })
    })

/** Whether a program brings all that it speaks of. */
export const isWhole = (program: Program): boolean => program.some(({ lines }) => lines.some(isImport))

/** Whether a program is a file of tests. */
const isTest = (program: Program): boolean =>
  program.some(({ lines }) => lines.some((line) => /^import .* from "(@effect\/)?vitest"$/.test(line)))

const isImport = (line: string): boolean => /^import\b/.test(line)

/** A line of a module, and the line of the snippet that it comes from. */
interface Line {
  readonly text: string
  readonly snippet?: Snippet
  readonly line?: number
}

/** Printed before a snippet, and before what a program threw. */
const begin = (snippet: Snippet) => `\u0001${snippet.name}`
const thrown = "\u0002"

/** Runs modules one after another: a process that goes on spares each of them the loading of the SDK. */
const runner = `
import { inspect } from "node:util"
for (const path of process.argv.slice(2)) {
  await import(path).catch((error: unknown) => console.log(${JSON.stringify(thrown)} + inspect(error)))
}
`

/** What a fragment of an example takes for granted. */
const preamble = [
  `import { OpenMeter, WindowSize } from "@openmeter/sdk"`,
  `const openmeter = new OpenMeter({ baseUrl: "${documented}" })`
]

/** The module that a program is. Imports come first, since those of a later snippet are in a scope within another. */
const moduleOf = (program: Program): ReadonlyArray<Line> => {
  const imports: Array<Line> = isWhole(program) ? [] : preamble.map((text) => ({ text }))
  const body: Array<Line> = []
  program.forEach((snippet, i) => {
    if (i > 0) body.push({ text: ";{" })
    if (!isTest(program)) body.push({ text: `console.log(${JSON.stringify(begin(snippet))});` })
    let importing = false
    snippet.lines.forEach((text, j) => {
      importing ||= isImport(text)
      const written = snippet.with === undefined ? text : text.replace(`"${manifest.name}"`, `"${snippet.with}"`)
      ;(importing ? imports : body).push({ text: written, snippet, line: snippet.line + j })
      if (/ from "[^"]+"$/.test(text)) importing = false
    })
  })
  return [...imports, ...body, { text: `;${"}".repeat(program.length - 1)}` }, { text: "export {}" }]
}

const textOf = (lines: ReadonlyArray<Line>): string => lines.map(({ text }) => text).join("\n")

interface Exit {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const execute = (
  script: string,
  args: ReadonlyArray<string>,
  cwd: string,
  env: Record<string, string>
): Promise<Exit> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd,
      // Every program loads the sources of the SDK: the compiled ones are kept for the next.
      env: { ...process.env, NO_COLOR: "1", NODE_COMPILE_CACHE: join(cwd, "cache"), ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    const output = { stdout: "", stderr: "" }
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text))
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text))
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, ...output }))
  })

/** What became of a snippet: nothing said means that all went well. */
export type Faults = ReadonlyArray<string>

/** What a snippet says that it prints, and does not. */
const unprinted = (snippet: Snippet, output: ReadonlyArray<string>): Faults => {
  let from = 0
  return snippet.lines.flatMap((line, i) => {
    const expected = /console\.log\(.*\) \/\/ => (.*)$/.exec(line)?.[1]
    if (expected === undefined) return []
    const at = output.indexOf(expected, from)
    if (at >= 0) from = at + 1
    return at >= 0
      ? []
      : [`${snippet.file}:${snippet.line + i} should print ${expected}; printed: ${output.join("\n")}`]
  })
}

/** A project beside this one that has the SDK and what its programs are written with. */
export class Workspace {
  readonly #path = realpathSync(mkdtempSync(join(tmpdir(), "openmeter-snippets-")))
  readonly #files = new Map<Program, { readonly path: string; readonly lines: ReadonlyArray<Line> }>()

  constructor(programs: ReadonlyArray<Program>) {
    for (const name of packages) this.#link(`node_modules/${name}`)
    const sdk = "node_modules/@openmeter/sdk"
    this.#link("src", `${sdk}/src`)
    this.#write(`${sdk}/package.json`, {
      name: "@openmeter/sdk",
      type: "module",
      exports: entryPoints
    })
    this.#write("package.json", { type: "module" })
    this.#write("run.ts", runner)
    this.#write("tsconfig.json", {
      extends: join(root, "tsconfig.json"),
      // A document shows what a call gives, whether it goes on to use it or not.
      compilerOptions: { noUnusedLocals: false, paths: {}, typeRoots: ["node_modules/@types"] },
      include: ["*.ts"]
    })
    programs.forEach((program, i) => {
      const path = isTest(program) ? `snippet-${i}.test.ts` : `snippet-${i}.ts`
      const lines = moduleOf(program)
      this.#files.set(program, { path, lines })
      this.#write(path, textOf(lines))
    })
  }

  #link(from: string, to = from) {
    mkdirSync(dirname(join(this.#path, to)), { recursive: true })
    symlinkSync(join(root, from), join(this.#path, to))
  }

  #write(path: string, content: string | object) {
    mkdirSync(dirname(join(this.#path, path)), { recursive: true })
    writeFileSync(join(this.#path, path), typeof content === "string" ? content : JSON.stringify(content))
  }

  /** Type-checks all programs at once, and tells what is wrong with each snippet. */
  async check(): Promise<(snippet: Snippet) => Faults> {
    const { code, stdout } = await execute(
      join(root, "node_modules/typescript/bin/tsc"),
      ["-p", ".", "--pretty", "false"],
      this.#path,
      {}
    )
    const lines = new Map([...this.#files.values()].map((file) => [file.path, file.lines]))
    const faults = new Map<Snippet, Array<string>>()
    const elsewhere: Array<string> = []
    for (const [, file, line, message] of stdout.matchAll(/^(\S+?)\((\d+),\d+\): (error .*(?:\n .*)*)/gm)) {
      const origin = lines.get(file!)?.[Number(line) - 1]
      if (origin?.snippet === undefined) elsewhere.push(`${file}:${line} ${message}`)
      else
        faults.set(origin.snippet, [
          ...(faults.get(origin.snippet) ?? []),
          `${origin.snippet.file}:${origin.line} ${message}`
        ])
    }
    if (elsewhere.length > 0 || (code !== 0 && faults.size === 0)) {
      throw new Error(`the snippets cannot be checked:\n${elsewhere.join("\n") || stdout}`)
    }
    return (snippet) => faults.get(snippet) ?? []
  }

  /** Runs programs in a process of their own against a server, and tells what is wrong with each snippet. */
  async run(
    programs: ReadonlyArray<Program>,
    baseUrl: string,
    variables: Readonly<Record<string, string>> = {}
  ): Promise<(snippet: Snippet) => Faults> {
    const paths = programs.map((program) => {
      const { lines, path } = this.#files.get(program)!
      this.#write(path, textOf(lines).replaceAll(documented, baseUrl))
      return `./${path}`
    })
    const env = { ...variables, OPENMETER_BASE_URL: baseUrl }
    if (programs.some(isTest)) {
      const vitest = join(root, "node_modules/vitest/vitest.mjs")
      const { code, stderr, stdout } = await execute(vitest, ["run", "--root", ".", ...paths], this.#path, env)
      return () => (code === 0 ? [] : [stdout + stderr])
    }
    const { code, stderr, stdout } = await execute("run.ts", paths, this.#path, env)
    return (snippet) => {
      const [, after] = stdout.split(`${begin(snippet)}\n`)
      if (after === undefined) return [`is not reached: ${stdout.split(thrown)[1] ?? stderr}`]
      const [output = "", next] = after.split("\u0001")
      const [printed = "", error] = output.split(thrown)
      if (error !== undefined) return [error]
      return code !== 0 && next === undefined ? [stderr] : unprinted(snippet, printed.split("\n"))
    }
  }

  /** Leaves nothing behind. */
  remove() {
    rmSync(this.#path, { recursive: true, force: true })
  }
}
