/**
 * URI references as the server reads and writes them: the source of an event.
 */

const invalidEscape = /%(?![0-9A-Fa-f]{2})/
const controlCharacter = /[\u0000-\u001f\u007f]/
const scheme = /^([A-Za-z][A-Za-z0-9+\-.]*):/
const host = /^(?:[\w.~!$&'()*+,;=<>"%-]|[^\u0000-\u007f])*$/
const hostLiteral = /^\[[^\]]*\]$/

const escapeBytes = (text: string, kept: RegExp): string =>
  [...text]
    .map((character) =>
      kept.test(character)
        ? character
        : Array.from(
            new TextEncoder().encode(character),
            (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
          ).join("")
    )
    .join("")

// A part that is escaped well enough is kept; any other is unescaped and escaped again.
const normalisePart = (part: string, valid: RegExp, kept: RegExp): string => {
  if (valid.test(part)) return part
  return part.replaceAll(/(?:%[0-9A-Fa-f]{2})+|[^%]+/g, (run) => (run.startsWith("%") ? run : escapeBytes(run, kept)))
}

const normalisePath = (path: string): string =>
  normalisePart(path, /^[\w\-.~!$&'()*+,;=:@[\]%/]*$/, /[\w\-.~$&+,/:;=@]/)

const normaliseFragment = (fragment: string): string =>
  normalisePart(fragment, /^[\w\-.~!$&'()*+,;=:@[\]%/?]*$/, /[\w\-.~!$&()*+,/:;=?@]/)

const splitAt = (text: string, separator: string): readonly [before: string, after: string | undefined] => {
  const at = text.indexOf(separator)
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

const isAuthority = (authority: string): boolean => {
  const address = authority.slice(authority.lastIndexOf("@") + 1)
  const [, name = "", port = ""] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(address) ?? []
  return (hostLiteral.test(name) || host.test(name)) && /^\d*$/.test(port)
}

/** The normal form of a URI reference, or `undefined` if the text is not one. */
export const normalise = (text: string): string | undefined => {
  if (controlCharacter.test(text) || text.startsWith(":")) return undefined
  const [beforeFragment, fragment] = splitAt(text, "#")
  const name = scheme.exec(beforeFragment)?.[1]
  const [hierarchy, query] = splitAt(name === undefined ? beforeFragment : beforeFragment.slice(name.length + 1), "?")
  if (invalidEscape.test(hierarchy) || invalidEscape.test(fragment ?? "")) return undefined
  const isOpaque = name !== undefined && !hierarchy.startsWith("/")
  if (name === undefined && !hierarchy.startsWith("/") && hierarchy.split("/", 1)[0]?.includes(":")) return undefined
  const [, authority, path = ""] = /^(?:\/\/([^/]*))?(.*)$/s.exec(hierarchy) ?? []
  if (authority !== undefined && !isAuthority(authority)) return undefined
  return [
    name === undefined ? "" : `${name.toLowerCase()}:`,
    authority === undefined ? "" : `//${authority}`,
    isOpaque ? path : normalisePath(path),
    query === undefined ? "" : `?${query}`,
    fragment === undefined || fragment === "" ? "" : `#${normaliseFragment(fragment)}`
  ].join("")
}
