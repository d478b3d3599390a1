import { assert, describe, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { VERSION } from "../src/version.ts"

const root = join(import.meta.dirname, "..")
const read = (file: string) => readFileSync(join(root, file), "utf8")

interface Import {
  /** A file of this project by its path, a package by its name. */
  readonly from: string
  readonly isType: boolean
}

const statement = /^(?:import|export) (type )?(?:\*(?: as \w+)?|\w+|\{[^}]*\}) from "([^"]+)"$/gm

const imports = new Map(
  globSync("src/**/*.ts", { cwd: root }).map((file) => [
    file,
    [...read(file).matchAll(statement)].map(([, type, specifier]): Import => ({
      from: specifier!.startsWith(".") ? normalize(join(dirname(file), specifier!)) : specifier!,
      isType: type !== undefined
    }))
  ])
)

/** Imports that should not be, as the file and what it imports. */
const offences = (isOffence: (file: string, imported: string) => boolean) =>
  [...imports].flatMap(([file, imported]) =>
    imported.filter(({ from }) => isOffence(file, from)).map(({ from }) => `${file} imports ${from}`)
  )

/** Everything that runs when a file is loaded, itself included. */
const loaded = (file: string, seen: Set<string> = new Set()): Set<string> => {
  if (!seen.has(file)) {
    seen.add(file)
    for (const { from, isType } of imports.get(file) ?? []) if (!isType) loaded(from, seen)
  }
  return seen
}

/** The rooms of the house, each of which may know those before it. */
const rooms = ["schemas", "api", "errors.ts", "layers", "services", "promise"]
const entryPoints = ["src/index.ts", "src/effect.ts", "src/testing.ts", "src/postgres.ts"]
const roomOf = (file: string) => file.split("/")[1]!

describe("the house", () => {
  it("has imports that point one way: schemas, api, errors, layers, services, promise", () => {
    const isUpwards = (file: string, imported: string) =>
      rooms.includes(roomOf(file)) && rooms.indexOf(roomOf(imported)) > rooms.indexOf(roomOf(file))
    assert.deepStrictEqual(offences(isUpwards), [])
  })

  it("has an emulator that knows the contract alone, and a client that does not know the emulator", () => {
    const known = new Set(["emulator", "schemas", "api", "errors.ts", "version.ts"])
    const isStrange = (file: string, imported: string) =>
      imported.startsWith("src/") &&
      (roomOf(file) === "emulator"
        ? !known.has(roomOf(imported))
        : rooms.includes(roomOf(file)) && roomOf(imported) === "emulator")
    assert.deepStrictEqual(offences(isStrange), [])
  })

  it("has entry points that nothing within imports", () => {
    assert.deepStrictEqual(
      offences((_, imported) => entryPoints.includes(imported)),
      []
    )
  })

  it("has entry points that load effect and no module of Node", () => {
    for (const entryPoint of entryPoints) {
      const packages = [...loaded(entryPoint)].filter((name) => !name.startsWith("src/") && !name.startsWith("effect/"))
      assert.deepStrictEqual(packages, [], entryPoint)
    }
  })

  it("tells servers the version of its package", () => {
    assert.strictEqual(VERSION, JSON.parse(read("package.json")).version)
  })
})
