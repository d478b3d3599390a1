/**
 * The site of the documentation: guides and reference as plain files, which need no server and nothing from elsewhere.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import * as GuidePages from "./guidePages.ts"
import { frame, type Chapter, type Page } from "./page.ts"
import type { Entry } from "./reference.ts"
import * as ReferencePages from "./referencePages.ts"

/** The names of the Promise API before those of the services: a guide's code may mean either, and often means the first. */
const namesOf = (entries: ReadonlyArray<Entry>): ReadonlyMap<string, string> => {
  const names = new Map<string, string>()
  for (const entry of entries) {
    for (const [name, url] of ReferencePages.addresses(entry)) if (!names.has(name)) names.set(name, url)
  }
  return names
}

/** The pages, by their addresses from the root of the site. */
export const pages = (root: string, entries: ReadonlyArray<Entry>): ReadonlyMap<string, string> => {
  const [overview, ...others] = GuidePages.pages(root, namesOf(entries))
  const guides = [{ ...overview!, html: overview!.html + ReferencePages.entryPoints(entries) }, ...others]
  const references = entries.map((entry) => ({ entry, pages: ReferencePages.pages(entry) }))
  const chapters: ReadonlyArray<Chapter> = [
    { title: "Guides", sections: GuidePages.sections(root) },
    ...references.map(({ entry, pages: [first] }) => ({
      title: entry.specifier,
      sections: [{ title: "", pages: [{ title: "All names", url: first!.url }] }, ...ReferencePages.sections(entry)]
    }))
  ]
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string }
  const all: ReadonlyArray<Page> = [...guides, ...references.flatMap(({ pages: found }) => found)]
  const targets = all.flatMap((page) => page.targets)
  return new Map([
    ...all.map((page) => [page.url, frame(page, chapters, version)] as const),
    // A script, since a page that is opened from a disk may read no other file.
    [
      "search.js",
      `globalThis.searchTargets = ${JSON.stringify(targets.map(({ about, kind, title, url }) => [title, kind, url, about]))}\n`
    ]
  ])
}

/** Writes the site into a folder, which it empties first. */
export const write = (root: string, entries: ReadonlyArray<Entry>, folder: string): number => {
  rmSync(folder, { recursive: true, force: true })
  const all = pages(root, entries)
  for (const [url, content] of all) {
    mkdirSync(dirname(join(folder, url)), { recursive: true })
    writeFileSync(join(folder, url), content)
  }
  cpSync(join(root, "website"), folder, { recursive: true })
  return all.size
}
