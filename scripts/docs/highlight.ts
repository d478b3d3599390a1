/**
 * TypeScript as HTML: tokens in colours, and names of the package as links.
 */
import { createScanner, SyntaxKind } from "typescript/unstable/ast"
import { escape } from "./html.ts"

/** The address of a name, when it has one. */
export type Resolve = (name: string) => string | undefined

/** After these a slash divides; after anything else it begins a regular expression. */
const endsExpression: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.Identifier,
  SyntaxKind.NumericLiteral,
  SyntaxKind.StringLiteral,
  SyntaxKind.CloseParenToken,
  SyntaxKind.CloseBracketToken,
  SyntaxKind.CloseBraceToken,
  SyntaxKind.ThisKeyword
])

const classOf = (kind: SyntaxKind, text: string): string | undefined => {
  switch (kind) {
    case SyntaxKind.SingleLineCommentTrivia:
    case SyntaxKind.MultiLineCommentTrivia:
      return "comment"
    case SyntaxKind.StringLiteral:
    case SyntaxKind.RegularExpressionLiteral:
    case SyntaxKind.NoSubstitutionTemplateLiteral:
    case SyntaxKind.TemplateHead:
    case SyntaxKind.TemplateMiddle:
    case SyntaxKind.TemplateTail:
      return "string"
    case SyntaxKind.NumericLiteral:
    case SyntaxKind.BigIntLiteral:
      return "number"
    case SyntaxKind.Identifier:
      return /^\p{Lu}/u.test(text) ? "type" : undefined
    default:
      return kind >= SyntaxKind.FirstKeyword && kind <= SyntaxKind.LastKeyword ? "keyword" : undefined
  }
}

/** Code as the content of a `<pre>`. */
export const highlight = (code: string, resolve: Resolve = () => undefined): string => {
  const scanner = createScanner(false, undefined, code)
  /** For each open template, how many braces are open within its substitution. */
  const templates: Array<number> = []
  let html = ""
  let end = 0
  let before = SyntaxKind.Unknown
  for (let kind = scanner.scan(); kind !== SyntaxKind.EndOfFile; kind = scanner.scan()) {
    if (kind === SyntaxKind.SlashToken && !endsExpression.has(before)) kind = scanner.reScanSlashToken()
    if (kind === SyntaxKind.CloseBraceToken && templates.at(-1) === 0) kind = scanner.reScanTemplateToken(false)
    if (kind === SyntaxKind.TemplateHead) templates.push(0)
    else if (kind === SyntaxKind.TemplateTail) templates.pop()
    else if (kind === SyntaxKind.OpenBraceToken && templates.length > 0) templates.push(templates.pop()! + 1)
    else if (kind === SyntaxKind.CloseBraceToken && templates.length > 0) templates.push(templates.pop()! - 1)

    // A character that begins no token does not move the scanner on.
    if (scanner.getTokenEnd() <= end) scanner.resetTokenState(end + 1)
    const text = code.slice(end, scanner.getTokenEnd())
    end += text.length
    // Before a colon stands the name of a member or of a parameter, and after a dot a keyword is a name, too.
    const isNamed = /^\??:/.test(code.slice(end))
    const found = classOf(kind, text)
    const style = found === "keyword" && (isNamed || before === SyntaxKind.DotToken) ? undefined : found
    const url = kind === SyntaxKind.Identifier && !isNamed ? resolve(text) : undefined
    const shown = style === undefined ? escape(text) : `<span class="${style}">${escape(text)}</span>`
    html += url === undefined ? shown : `<a href="${escape(url)}">${shown}</a>`
    if (kind !== SyntaxKind.WhitespaceTrivia && kind !== SyntaxKind.NewLineTrivia) before = kind
  }
  return html + escape(code.slice(end))
}
