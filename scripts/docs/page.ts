/**
 * The frame that every page of the site has: where one is, where one can go, and the search.
 */
import { escape, relativeUrl } from "./html.ts"
import type { Heading } from "./markdown.ts"

/** What a search finds. */
export interface Target {
  readonly title: string
  /** What it is: a guide, a class, a heading. */
  readonly kind: string
  readonly url: string
  readonly about: string
}

/** A page, before it has a frame. */
export interface Page {
  /** From the root of the site. */
  readonly url: string
  readonly title: string
  readonly html: string
  readonly headings: ReadonlyArray<Heading>
  readonly targets: ReadonlyArray<Target>
}

/** Pages under one title in the navigation. */
export interface Section {
  readonly title: string
  readonly pages: ReadonlyArray<Pick<Page, "title" | "url">>
}

/** Sections under one title, folded up unless one is among them. */
export interface Chapter {
  readonly title: string
  readonly sections: ReadonlyArray<Section>
}

const navigation = (page: Page, chapters: ReadonlyArray<Chapter>): string =>
  chapters
    .map(({ sections, title }) => {
      const isHere = sections.some(({ pages }) => pages.some(({ url }) => url === page.url))
      const lists = sections.map(({ pages, title: section }) => {
        const links = pages.map(
          ({ title: text, url }) =>
            `<li><a href="${relativeUrl(page.url, url)}"${url === page.url ? ' aria-current="page"' : ""}>${escape(text)}</a></li>`
        )
        return `${section === "" ? "" : `<h3>${escape(section)}</h3>`}<ul>${links.join("")}</ul>`
      })
      return `<details${isHere ? " open" : ""}><summary>${escape(title)}</summary>${lists.join("")}</details>`
    })
    .join("\n")

const outline = ({ headings }: Page): string => {
  const shown = headings.filter(({ depth }) => depth <= 3)
  if (shown.length < 2) return ""
  const links = shown.map(
    ({ depth, id, text }) => `<li class="depth-${depth}"><a href="#${id}">${escape(text)}</a></li>`
  )
  return `<nav class="outline" aria-label="On this page"><h2>On this page</h2><ul>${links.join("")}</ul></nav>`
}

/** A whole page. */
export const frame = (page: Page, chapters: ReadonlyArray<Chapter>, version: string): string => {
  const to = (url: string) => relativeUrl(page.url, url)
  const menu = navigation(page, chapters)
  return `<!doctype html>
<html lang="en" data-root="${to("")}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title === "@openmeter/sdk" ? "" : `${escape(page.title)} · `}@openmeter/sdk</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${to("style.css")}">
<script src="${to("site.js")}" defer></script>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<a class="brand" href="${to("index.html")}">@openmeter/sdk <small>${escape(version)}</small></a>
<div class="search" role="search">
<input type="search" placeholder="Search" aria-label="Search" aria-controls="found" autocomplete="off" spellcheck="false">
<ol id="found" hidden></ol>
</div>
<details class="menu"><summary>Menu</summary><nav aria-label="Pages, folded">${menu}</nav></details>
</header>
<div class="columns">
<nav class="pages" aria-label="Pages">${menu}</nav>
<main id="content">
<h1>${escape(page.title)}</h1>
${page.html}
</main>
${outline(page)}
</div>
</body>
</html>
`
}
