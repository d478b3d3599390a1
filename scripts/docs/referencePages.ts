/**
 * The reference: a page for each file of the sources that declares public symbols, under the import path that gives
 * them.
 */
import type { Comment } from "./comment.ts"
import { highlight } from "./highlight.ts"
import { escape, relativeUrl, slug, words } from "./html.ts"
import { render, type Links } from "./markdown.ts"
import type { Page, Section, Target } from "./page.ts"
import type { Entry, Item, Member, Module } from "./reference.ts"

/** The folders of the sources, as readers know them, in the order in which they need them. */
const folders: ReadonlyArray<readonly [folder: string, title: string]> = [
  ["promise", "Client"],
  ["services", "Services"],
  ["layers", "Transport and policies"],
  ["errors", "Errors"],
  ["testing", "Layers"],
  ["emulator", "Emulator"],
  ["schemas", "Models"]
]

const folderOf = ({ file }: Module): string => /^src\/(\w+)/.exec(file)![1]!

/** A file goes by its own name where that is the name of what it declares, else by what it declares. */
const titleOf = ({ items, name }: Module): string => {
  const names = [...new Set(items.map((item) => item.name.split(".")[0]!))]
  return names.includes(name) || names.length > 2 ? name[0]!.toUpperCase() + name.slice(1) : names.join(", ")
}
const folderName = ({ specifier }: Entry): string => specifier.split("/")[2] ?? "sdk"
const urlOf = (entry: Entry, module: Module): string =>
  `reference/${folderName(entry)}/${folderOf(module)}/${module.name}.html`

const idOf = (item: Item, member?: Member): string => (member === undefined ? item.name : `${item.name}.${member.name}`)

/** What a folder is called where the entry point is. Of services and policies the client shows the options alone. */
const titles = (entry: Entry): ReadonlyMap<string, string> => {
  const isClient = entry.modules.some((module) => folderOf(module) === "promise")
  return new Map(isClient ? [...folders, ["services", "Options"], ["layers", "Options"]] : folders)
}

/** The modules of an entry point in the order of the navigation. */
export const sections = (entry: Entry): ReadonlyArray<Section> => {
  const byFolder = titles(entry)
  return [...new Set(byFolder.values())]
    .map((title) => ({
      title,
      pages: entry.modules
        .filter((module) => byFolder.get(folderOf(module)) === title)
        .map((module) => ({ title: titleOf(module), url: urlOf(entry, module) }))
        .sort((a, b) => a.title.localeCompare(b.title, "en"))
    }))
    .filter(({ pages }) => pages.length > 0)
}

/** The addresses of the names of an entry point, of members too (`OpenMeter.close`), from the root of the site. */
export const addresses = (entry: Entry): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  const add = (name: string, url: string) => {
    if (!found.has(name)) found.set(name, url)
  }
  for (const module of entry.modules) {
    for (const item of module.items) add(item.name, `${urlOf(entry, module)}#${idOf(item)}`)
  }
  for (const module of entry.modules) {
    for (const item of module.items) {
      // Within its namespace, and in types that name it, a symbol goes by its last name: only a capital tells it apart.
      const last = item.name.split(".").at(-1)!
      if (/^\p{Lu}/u.test(last)) add(last, `${urlOf(entry, module)}#${idOf(item)}`)
      for (const member of item.members) add(idOf(item, member), `${urlOf(entry, module)}#${idOf(item, member)}`)
    }
  }
  return found
}

/** The names of an entry point as seen from a module of it: those of its own namespace may go without it. */
const linksOf = (entry: Entry, module: Module, all: ReadonlyMap<string, string>): Links => {
  const namespaces = new Set(module.items.flatMap(({ name }) => name.split(".").slice(0, -1)))
  const here = urlOf(entry, module)
  return {
    link: () => undefined,
    name: (name) => {
      const full = [name, ...[...namespaces].map((namespace) => `${namespace}.${name}`)].find((text) => all.has(text))
      if (full === undefined) return undefined
      const url = all.get(full)!
      return url.startsWith(`${here}#`) ? url.slice(here.length) : relativeUrl(here, url)
    }
  }
}

/** The links of a comment as code, which leads to where its name is described. */
const asMarkdown = (text: string): string => text.replace(/\{@link\s+([^\s}|]+)[^}]*\}/g, "`$1`")

const about = (comment: Comment, links: Links): string => {
  const markdown = (text: string) => render(asMarkdown(text), links).html
  const params = [...comment.params].map(
    ([name, text]) => `<dt><code>${escape(name)}</code></dt><dd>${markdown(text)}</dd>`
  )
  const throws = comment.throws.map((text) => `<dt>throws</dt><dd>${markdown(text)}</dd>`)
  return [
    markdown(comment.text),
    params.length + throws.length === 0 ? "" : `<dl>${[...params, ...throws].join("")}</dl>`,
    ...comment.examples.map(markdown)
  ].join("\n")
}

const code = (html: string): string => `<pre tabindex="0"><code>${html}</code></pre>`

const memberHtml = (item: Item, member: Member, links: Links): string => {
  const prefix = member.isStatic ? highlight("static ") : ""
  const rest = highlight(member.code.slice(member.name.length), links.name)
  return `<section class="member" id="${escape(idOf(item, member))}">
${code(`${prefix}<b>${escape(member.name)}</b>${rest}`)}
<div>${about(member.comment, links)}</div>
</section>`
}

const declarationHtml = ({ code: text, name }: Item, links: Links): string => {
  // The heading says as much as a declaration without type parameters, heritage and type.
  if (/^(?:const|class|interface) \S+$/.test(text)) return ""
  if (!text.startsWith("const ")) return code(highlight(text, links.name))
  return code(`<b>${escape(name)}</b>${highlight(text.slice(`const ${name}`.length), links.name)}`)
}

/** What it takes for a program to have the symbol. */
const importOf = (entry: Entry, item: Item): string => {
  const keyword = item.kind === "interface" || item.kind === "type" ? "import type" : "import"
  return `${keyword} { ${item.name.split(".")[0]} } from "${entry.specifier}"`
}

const itemHtml = (
  entry: Entry,
  module: Module,
  item: Item,
  links: Links
): string => `<section class="item" id="${escape(idOf(item))}">
<h2>${escape(item.name)} <small>${item.kind}</small> <a class="anchor" href="#${escape(idOf(item))}" aria-label="Link to ${escape(item.name)}">#</a></h2>
${declarationHtml(item, links)}
${about(item.comment, links)}
${item.members.map((member) => memberHtml(item, member, links)).join("\n")}
<p class="origin"><code>${escape(importOf(entry, item))}</code> · since ${escape(item.comment.since ?? "")} · <code>${escape(module.file)}:${item.line}</code></p>
</section>`

const firstSentence = (comment: Comment): string =>
  words(/^[^]*?\.(?=\s|$)/.exec(asMarkdown(comment.text))?.[0] ?? comment.text).replaceAll("`", "")

/** Whether one looks for the members of a symbol by their own names. */
const hasOperations = ({ comment, kind, name }: Item): boolean =>
  (kind === "class" && comment.category !== "errors") || name.endsWith("Service")

const targetsOf = (entry: Entry, module: Module): ReadonlyArray<Target> =>
  module.items.flatMap((item) => [
    {
      title: item.name,
      kind: `${item.kind} · ${entry.specifier}`,
      url: `${urlOf(entry, module)}#${idOf(item)}`,
      about: firstSentence(item.comment)
    },
    ...(hasOperations(item) ? item.members : []).map((member) => ({
      title: idOf(item, member),
      kind: `member · ${entry.specifier}`,
      url: `${urlOf(entry, module)}#${idOf(item, member)}`,
      about: firstSentence(member.comment)
    }))
  ])

const modulePage = (entry: Entry, module: Module, all: ReadonlyMap<string, string>): Page => {
  const links = linksOf(entry, module, all)
  return {
    url: urlOf(entry, module),
    title: titleOf(module),
    html: [
      about({ ...module.comment, examples: [] }, links),
      ...module.items.map((item) => itemHtml(entry, module, item, links))
    ].join("\n"),
    headings: module.items.flatMap((item) => [
      { depth: 2, text: item.name, id: idOf(item) },
      ...(hasOperations(item) ? item.members : []).map((member) => ({
        depth: 3,
        text: member.name,
        id: idOf(item, member)
      }))
    ]),
    targets: targetsOf(entry, module)
  }
}

const entryUrl = (entry: Entry): string => `reference/${folderName(entry)}/index.html`

/** The import paths with a sentence each, for a page at the root of the site. */
export const entryPoints = (entries: ReadonlyArray<Entry>): string => {
  const rows = entries.map(
    (entry) =>
      `<dt><a href="${entryUrl(entry)}"><code>${escape(entry.specifier)}</code></a></dt><dd>${escape(firstSentence(entry.comment))}</dd>`
  )
  return `<dl class="names">${rows.join("\n")}</dl>`
}

/** The page of an import path: all that it gives, with a sentence for each file. */
const entryPage = (entry: Entry): Page => {
  const url = entryUrl(entry)
  const lists = sections(entry).map(({ pages, title }) => {
    const rows = pages.map((page) => {
      const module = entry.modules.find((candidate) => urlOf(entry, candidate) === page.url)!
      const to = relativeUrl(url, page.url)
      // What the title says needs no link of its own.
      const names = module.items
        .filter(({ name }) => !page.title.split(", ").includes(name))
        .map((item) => `<a href="${to}#${escape(idOf(item))}"><code>${escape(item.name)}</code></a>`)
      const others = names.length === 0 ? "" : `<p>${names.join(" ")}</p>`
      // A file of one symbol is there for more than that: its comment may speak of what no program sees.
      const { comment } = module.items.length === 1 ? module.items[0]! : module
      return `<dt><a href="${to}">${escape(page.title)}</a></dt><dd>${escape(firstSentence(comment))}${others}</dd>`
    })
    const id = slug(title)
    return {
      heading: { depth: 2, text: title, id },
      html: `<h2 id="${id}">${escape(title)}</h2><dl class="names">${rows.join("\n")}</dl>`
    }
  })
  return {
    url,
    title: entry.specifier,
    html:
      render(asMarkdown(entry.comment.text), { link: () => undefined, name: () => undefined }).html +
      lists.map(({ html }) => html).join("\n"),
    headings: lists.map(({ heading }) => heading),
    targets: [{ title: entry.specifier, kind: "reference", url, about: firstSentence(entry.comment) }]
  }
}

/** All pages of an entry point. */
export const pages = (entry: Entry): ReadonlyArray<Page> => {
  const all = addresses(entry)
  return [entryPage(entry), ...entry.modules.map((module) => modulePage(entry, module, all))]
}
