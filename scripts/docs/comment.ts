/**
 * What a JSDoc comment says, part by part.
 */

/** A comment of the sources, in Markdown, with the links of JSDoc in it. */
export interface Comment {
  /** What stands before the first tag. */
  readonly text: string
  /** What the comment says of parameters, by name. */
  readonly params: ReadonlyMap<string, string>
  /** What the function throws. */
  readonly throws: ReadonlyArray<string>
  /** Programs, as Markdown. */
  readonly examples: ReadonlyArray<string>
  readonly since: string | undefined
  readonly category: string | undefined
  readonly isInternal: boolean
}

const lines = (comment: string): ReadonlyArray<string> =>
  comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())

/** The tags of a comment with what follows each, the text before the first one under the name of none. */
const sections = (comment: string): ReadonlyArray<readonly [tag: string, text: string]> => {
  const found: Array<[string, Array<string>]> = [["", []]]
  let inCode = false
  for (const line of lines(comment)) {
    if (line.trimStart().startsWith("```")) inCode = !inCode
    const [, tag, rest = ""] = inCode ? [] : (/^\s*@(\w+)\s*(.*)$/.exec(line) ?? [])
    if (tag === undefined) found.at(-1)![1].push(line)
    else found.push([tag, [rest]])
  }
  return found.map(([tag, text]) => [tag, text.join("\n").trim()])
}

/** Reads a comment, with its delimiters. */
export const parse = (comment: string): Comment => {
  const all = sections(comment)
  const of = (tag: string) => all.filter(([name]) => name === tag).map(([, text]) => text)
  return {
    text: of("").join("\n"),
    params: new Map(
      of("param").flatMap((text) => {
        const [, name, about] = /^(\w+)\s*(?:-\s*)?([^]*)$/.exec(text) ?? []
        return name === undefined || about === undefined ? [] : [[name, about]]
      })
    ),
    throws: of("throws"),
    examples: of("example"),
    since: of("since")[0],
    category: of("category")[0],
    isInternal: of("internal").length > 0
  }
}

/** The comment of what has none. */
export const none: Comment = parse("/** */")
