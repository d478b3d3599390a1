/**
 * The guides: the Markdown files of the repository that are for those who use the package.
 */
import { globSync, readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { relativeUrl, words } from "./html.ts"
import { render } from "./markdown.ts"
import type { Page } from "./page.ts"

/** The guide that leads to the others. */
const index = "docs/README.md"

const linked = /\]\(([\w./-]+\.md)(?:#[\w-]+)?\)/g

/** The guides, the index and the README before them: in the order in which the index names them, if it does. */
export const files = (root: string): ReadonlyArray<string> => {
  const text = readFileSync(join(root, index), "utf8")
  const named = [...text.matchAll(linked)].map(([, href]) => normalize(join(dirname(index), href!)))
  const all = globSync("docs/*.md", { cwd: root }).sort()
  return [...new Set([index, "README.md", ...named.filter((file) => all.includes(file)), ...all])]
}

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
