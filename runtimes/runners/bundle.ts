/**
 * The suite as one file, for runtimes that do not look for packages themselves.
 */
import { join } from "node:path"
import { build } from "rolldown"

/** Bundles a host of the suite with all that it imports, and returns the file. */
export const bundle = async (project: string, host: "page" | "worker"): Promise<string> => {
  const file = join(project, "bundles", `${host}.js`)
  await build({
    cwd: project,
    input: join(project, "hosts", `${host}.ts`),
    platform: "browser",
    // The emulator imports it when it is served on a socket, which it is not there.
    external: ["node:http"],
    output: { file, format: "esm", codeSplitting: false },
    logLevel: "warn"
  })
  return file
}
