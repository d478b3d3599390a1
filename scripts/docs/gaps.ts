/**
 * What the comments of public symbols leave out.
 */
import type { Comment } from "./comment.ts"
import type { Entry, Item, Member } from "./reference.ts"

/** Begins with a capital letter or a code span, and ends as a sentence does. */
const hasSentence = ({ text }: Comment): boolean => /^[\p{Lu}`"][^]*?[.:](?:\s|$)/u.test(text)

const needsExample = ({ kind }: Item): boolean => kind === "class" || kind === "service" || kind === "function"

const ofItem = (item: Item): ReadonlyArray<string> => [
  ...(hasSentence(item.comment) ? [] : ["no sentence"]),
  ...(item.comment.since === undefined ? ["no @since"] : []),
  ...(item.comment.category === undefined ? ["no @category"] : []),
  ...(needsExample(item) && item.comment.examples.length === 0 ? ["no @example"] : [])
]

/** What every error has, and members of JavaScript's own making, need no words. */
const speaksForItself = ({ name }: Member): boolean => name === "_tag" || name === "name" || name.startsWith("[")

const ofMember = (member: Member): ReadonlyArray<string> =>
  hasSentence(member.comment) || speaksForItself(member) ? [] : ["no sentence"]

/** One line for everything that is missing: `src/errors.ts:99 NotFoundError: no @example`. */
export const find = (entries: ReadonlyArray<Entry>): ReadonlyArray<string> => {
  const found = entries.flatMap(({ modules, specifier, ...entry }) => [
    ...(hasSentence(entry.comment) ? [] : [`${specifier}: no sentence`]),
    ...modules.flatMap(({ comment, file, items }) => [
      ...(hasSentence(comment) ? [] : [`${file}: no sentence`]),
      ...items.flatMap((item) => [
        ...ofItem(item).map((gap) => `${file}:${item.line} ${item.name}: ${gap}`),
        ...item.members.flatMap((member) =>
          ofMember(member).map((gap) => `${file}:${item.line} ${item.name}.${member.name}: ${gap}`)
        )
      ])
    ])
  ])
  // Several entry points may export one symbol.
  return [...new Set(found)]
}

/** The links of a site that lead to no page of it, or to no place of a page. */
export const findDeadLinks = (pages: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const places = new Map(
    [...pages].map(([url, html]) => [url, new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!))])
  )
  return [...pages].flatMap(([url, html]) =>
    [...html.matchAll(/<a [^>]*?href="([^"]*)"/g)].flatMap(([, href]) => {
      if (/^https?:/.test(href!)) return []
      const target = new URL(href!, `site:/${url}`)
      const page = target.pathname.slice(1)
      const place = decodeURIComponent(target.hash.slice(1))
      return places.get(page)?.has(place) === true || (place === "" && places.has(page))
        ? []
        : [`${url}: ${href} leads nowhere`]
    })
  )
}
