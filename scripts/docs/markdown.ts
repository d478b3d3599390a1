/**
 * Markdown as HTML.
 */
import { Marked, type Tokens } from "marked"
import { highlight, type Resolve } from "./highlight.ts"
import { escape, slug, words } from "./html.ts"

/** A heading of a document. */
export interface Heading {
  readonly depth: number
  readonly text: string
  readonly id: string
}

/** A document as HTML, without the heading that is its title. */
export interface Document {
  readonly title: string
  readonly html: string
  readonly headings: ReadonlyArray<Heading>
}

/** Where what a document speaks of is found. What is nowhere is shown without a link. */
export interface Links {
  /** The address of a relative link. */
  readonly link: (href: string) => string | undefined
  /** The address of a name in code. */
  readonly name: Resolve
}

/** Reads a document, or the text of a comment. */
export const render = (markdown: string, links: Links): Document => {
  const headings: Array<Heading> = []
  let title = ""
  const marked = new Marked({
    renderer: {
      heading({ depth, tokens }) {
        const html = this.parser.parseInline(tokens)
        const text = words(html)
        if (depth === 1) {
          title = text
          return ""
        }
        const same = headings.filter((heading) => slug(heading.text) === slug(text)).length
        const id = slug(text) + (same === 0 ? "" : `-${same}`)
        headings.push({ depth, text, id })
        return `<h${depth} id="${id}">${html} <a class="anchor" href="#${id}" aria-label="Link to ${escape(text)}">#</a></h${depth}>\n`
      },
      code({ lang, text }) {
        return `<pre tabindex="0"><code>${lang === "ts" ? highlight(text, links.name) : escape(text)}</code></pre>\n`
      },
      codespan({ text }) {
        const url = links.name(text)
        return url === undefined
          ? `<code>${escape(text)}</code>`
          : `<a href="${escape(url)}"><code>${escape(text)}</code></a>`
      },
      link({ href, tokens }) {
        const html = this.parser.parseInline(tokens)
        const url = /^(?:https?:|#)/.test(href) ? href : links.link(href)
        return url === undefined ? html : `<a href="${escape(url)}">${html}</a>`
      },
      table(token: Tokens.Table) {
        // A phone has room for three columns: it shows the rows of more one below the other, and needs their labels.
        const isWide = token.header.length > 3
        const labels = token.header.map(({ tokens }) => escape(words(this.parser.parseInline(tokens))))
        const row = (cells: ReadonlyArray<Tokens.TableCell>, tag: "td" | "th") => {
          const columns = cells.map(({ align, tokens }, i) => {
            const kind = align === null ? "" : ` class="${align}"`
            const label = isWide && tag === "td" ? ` data-label="${labels[i]}"` : ""
            return `<${tag}${kind}${label}>${this.parser.parseInline(tokens)}</${tag}>`
          })
          return `<tr>${columns.join("")}</tr>`
        }
        const head = labels.some((label) => label !== "") ? `<thead>${row(token.header, "th")}</thead>` : ""
        return `<div class="table"><table${isWide ? ' class="wide"' : ""}>${head}<tbody>${token.rows.map((cells) => row(cells, "td")).join("\n")}</tbody></table></div>\n`
      },
      // The marks of the snippets, for those who run them.
      html({ text }) {
        return text.startsWith("<!--") ? "" : escape(text)
      }
    }
  })
  const html = marked.parse(markdown, { async: false })
  return { title, html, headings }
}
