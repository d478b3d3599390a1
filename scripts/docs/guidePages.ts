/**
 * The guides: the Markdown files of the repository that are for those who use the package.
 */
import { globSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { relativeUrl, words } from "./html.ts"
import { render } from "./markdown.ts"
import type { Page, Section } from "./page.ts"

/** The guide that leads to the others. */
const index = "docs/README.md"

/** A heading of the index, or a guide that it names. */
const named = /^## (.+)$|\[([^\]]+)\]\(([\w-]+\.md)\)/gm

/** What the index has under its headings: guides by the names that it gives them, in its order. */
export const sections = (root: string): ReadonlyArray<Section> => {
  const found: Array<{ readonly title: string; readonly pages: Array<Section["pages"][number]> }> = [
    { title: "", pages: [index, "README.md"].map((file) => ({ title: titles[file]!, url: urlOf(file) })) }
  ]
  for (const [, heading, title, file] of readFileSync(join(root, index), "utf8").matchAll(named)) {
    if (heading !== undefined) found.push({ title: heading, pages: [] })
    else found.at(-1)!.pages.push({ title: title!, url: urlOf(join(dirname(index), file!)) })
  }
  return found.filter(({ pages }) => pages.length > 0)
}

/** The guides, the index and the README before them. */
const files = (root: string): ReadonlyArray<string> => [
  ...new Set([index, "README.md", ...globSync("docs/*.md", { cwd: root }).sort()])
]

/** What the pages that are no guide are called in the navigation. */
const titles: Readonly<Record<string, string>> = { [index]: "Overview", "README.md": "README" }

const urlOf = (file: string): string =>
  file === index
    ? "index.html"
    : file === "README.md"
      ? "readme.html"
      : `${file
          .replace(/^docs\//, "guides/")
          .replace(/\.md$/, "")
          .toLowerCase()}.html`

/** The pages of the guides. What they link to and is no page of the site is shown without a link. */
export const pages = (root: string, names: ReadonlyMap<string, string>): ReadonlyArray<Page> => {
  const all = files(root)
  return all.map((file) => {
    const url = urlOf(file)
    const { headings, html, title } = render(readFileSync(join(root, file), "utf8"), {
      link: (href) => {
        const [path, fragment] = href.split("#") as [string, string?]
        const target = normalize(join(dirname(file), path))
        if (!all.includes(target)) return undefined
        return relativeUrl(url, urlOf(target)) + (fragment === undefined ? "" : `#${fragment}`)
      },
      name: (name) => {
        const found = names.get(name)
        return found === undefined ? undefined : relativeUrl(url, found)
      }
    })
    const [first = ""] = /<p>[^]*?<\/p>/.exec(html) ?? []
    return {
      url,
      title: file === "README.md" ? "README" : title,
      html,
      headings,
      targets: [
        { title, kind: "guide", url, about: words(first) },
        ...headings
          .filter(({ depth }) => depth <= 3)
          .map(({ id, text }) => ({ title: text, kind: `guide · ${title}`, url: `${url}#${id}`, about: "" }))
      ]
    }
  })
}
