import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as Comment from "../../scripts/docs/comment.ts"
import { entryPoints } from "../../scripts/docs/entryPoints.ts"
import * as Gaps from "../../scripts/docs/gaps.ts"
import { highlight } from "../../scripts/docs/highlight.ts"
import { render } from "../../scripts/docs/markdown.ts"
import { read, type Entry } from "../../scripts/docs/reference.ts"
import * as Site from "../../scripts/docs/site.ts"

const root = join(import.meta.dirname, "../..")

describe("the documentation of the package", () => {
  let entries: ReadonlyArray<Entry>
  let pages: ReadonlyMap<string, string>

  beforeAll(async () => {
    entries = await read(root, entryPoints)
    pages = Site.pages(root, entries)
  }, 60_000)

  it("says of every public symbol what it is, since when, and of what kind, with an example of what programs call", () => {
    assert.deepStrictEqual(Gaps.find(entries), [])
  })

  it("has no link that leads nowhere", () => {
    assert.deepStrictEqual(Gaps.findDeadLinks(pages), [])
  })

  it("loads nothing from elsewhere", () => {
    const loads = /<(?:script|link|img|iframe)[^>]*(?:src|href)="(?:https?:)?\/\/[^"]*"/g
    assert.deepStrictEqual(
      [...pages].flatMap(([url, html]) => [...html.matchAll(loads)].map(([tag]) => `${url}: ${tag}`)),
      []
    )
  })

  it("has a page for every guide, and leads from each to every other", () => {
    const guides = [...pages.keys()].filter((url) => url.startsWith("guides/"))
    assert.sameMembers(
      guides,
      globSync("docs/*.md", { cwd: root })
        .filter((file) => file !== "docs/README.md")
        .map((file) => file.replace(/^docs\/(.*)\.md$/, "guides/$1.html"))
    )
    for (const guide of guides) {
      const others = guides.filter((other) => !pages.get(guide)!.includes(`href="../${other}"`))
      assert.deepStrictEqual(others, [], guide)
    }
  })

  it("describes what is reached through the client", () => {
    const [sdk] = entries
    const meters = sdk!.modules.flatMap(({ items }) => items).find(({ name }) => name === "Meters")
    assert.include(
      meters!.members.map(({ name }) => name),
      "query"
    )
  })

  it("tells of a model what its schema says", () => {
    const items = entries.flatMap(({ modules }) => modules.flatMap((module) => module.items))
    const meter = items.find(({ name }) => name === "Meter")
    const name = meter?.members.find((member) => member.name === "name")
    assert.strictEqual(name?.code, "name?: string")
    assert.strictEqual(name?.comment.text, "Display name of the meter. Defaults to the slug.")
  })
})

describe("what is missing", () => {
  const folder = mkdtempSync(join(tmpdir(), "openmeter-docs-"))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  const gapsOf = async (source: string) => {
    write("tsconfig.json", JSON.stringify({ compilerOptions: { module: "NodeNext", strict: true }, include: ["src"] }))
    write("package.json", JSON.stringify({ type: "module" }))
    write("src/index.ts", `/** A package. */\nexport * from "./part.js"\n`)
    write("src/part.ts", `/**\n * A part.\n *\n * @since 1.0.0\n */\n\n${source}`)
    return Gaps.find(await read(folder, { "a-package": "src/index.ts" }))
  }

  beforeAll(() => symlinkSync(join(root, "node_modules"), join(folder, "node_modules")))

  it("is a sentence, @since, @category, and an example of a function or class", async () => {
    assert.deepStrictEqual(await gapsOf("export const f = (): void => {}\n"), [
      "src/part.ts:7 f: no sentence",
      "src/part.ts:7 f: no @since",
      "src/part.ts:7 f: no @category",
      "src/part.ts:7 f: no @example"
    ])
    assert.deepStrictEqual(await gapsOf("/** does it */\nexport class C {}\n"), [
      "src/part.ts:8 C: no sentence",
      "src/part.ts:8 C: no @since",
      "src/part.ts:8 C: no @category",
      "src/part.ts:8 C: no @example"
    ])
  })

  it("is a sentence of a member, private and internal ones apart", async () => {
    const tags = " * @example\n * ```ts\n * new C()\n * ```\n * @since 1.0.0\n * @category models\n"
    const members = [
      "#own = 1",
      "/** @internal */ ours = 1",
      "/** Told. */ told = 1",
      "untold = 1",
      "use(): number { return this.#own }"
    ]
    assert.deepStrictEqual(
      await gapsOf(`/**\n * A class.\n *\n${tags} */\nexport class C {\n${members.join("\n")}\n}\n`),
      ["src/part.ts:17 C.untold: no sentence", "src/part.ts:17 C.use: no sentence"]
    )
  })

  it("is nothing of what is internal, and no example of a type or a constant", async () => {
    assert.deepStrictEqual(
      await gapsOf(`/** @internal */
export const internal = 1

/**
 * A number.
 *
 * @since 1.0.0
 * @category constants
 */
export const constant = 1

/**
 * A text.
 *
 * @since 1.0.0
 * @category models
 */
export type Text = string
`),
      []
    )
  })

  it("is a link to a page or to a place that is not there", () => {
    const pages = new Map([
      ["index.html", '<a href="a/one.html#x">1</a><a href="a/one.html#y">2</a><a href="two.html">3</a>'],
      ["a/one.html", '<p id="x"><a href="../index.html">up</a><a href="https://example.com">out</a>']
    ])
    assert.deepStrictEqual(Gaps.findDeadLinks(pages), [
      "index.html: a/one.html#y leads nowhere",
      "index.html: two.html leads nowhere"
    ])
  })
})

describe("a comment", () => {
  it("is a text, and what its tags say", () => {
    const comment = Comment.parse(`/**
     * Counts.
     *
     * In two paragraphs.
     *
     * @param limit - at least 1
     * @throws RangeError when it is 0
     * @example
     * \`\`\`ts
     * // @since is no tag here
     * count(1)
     * \`\`\`
     *
     * @since 1.0.0
     * @category constructors
     */`)
    assert.strictEqual(comment.text, "Counts.\n\nIn two paragraphs.")
    assert.deepStrictEqual([...comment.params], [["limit", "at least 1"]])
    assert.deepStrictEqual(comment.throws, ["RangeError when it is 0"])
    assert.deepStrictEqual(comment.examples, ["```ts\n// @since is no tag here\ncount(1)\n```"])
    assert.deepStrictEqual([comment.since, comment.category, comment.isInternal], ["1.0.0", "constructors", false])
  })
})

describe("code", () => {
  const plain = (html: string) =>
    html
      .replace(/<[^>]*>/g, "")
      .replace(/&(amp|lt|gt|quot);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name as "amp"])

  it.prop("is the same text in colours", { code: Schema.String }, ({ code }) => {
    assert.strictEqual(plain(highlight(code)), code)
  })

  it("keeps templates, regular expressions and names that are keywords elsewhere apart", () => {
    const code = 'const text = `a ${ { from: 1 }.from } b` + /[/"]/.source // `\nopenmeter.meters.delete(1 / 2)'
    const html = highlight(code)
    assert.strictEqual(plain(html), code)
    assert.include(html, '<span class="string">/[/&quot;]/</span>')
    assert.include(html, '<span class="string">} b`</span>')
    assert.include(html, '<span class="comment">// `</span>')
    assert.notInclude(html, '<span class="keyword">delete</span>')
    assert.notInclude(html, '<span class="keyword">from</span>')
  })

  it("links the names that are known", () => {
    assert.include(
      highlight("new OpenMeter()", (name) => (name === "OpenMeter" ? "client.html" : undefined)),
      '<a href="client.html"><span class="type">OpenMeter</span></a>'
    )
  })
})

describe("a document", () => {
  const links = { link: (href: string) => (href === "there.md" ? "there.html" : undefined), name: () => undefined }

  it("has a title, and headings by which each can be found", () => {
    const { headings, title } = render("# All of it\n\n## Once\n\n## Once\n\n### `code` & more\n", links)
    assert.strictEqual(title, "All of it")
    assert.deepStrictEqual(
      headings.map(({ id }) => id),
      ["once", "once-1", "code--more"]
    )
  })

  it("links what is there, and says the rest without a link", () => {
    const { html } = render("[there](there.md) and [nowhere](nowhere.md)", links)
    assert.strictEqual(html.trim(), '<p><a href="there.html">there</a> and nowhere</p>')
  })

  it("brings no HTML of its own", () => {
    const { html } = render("<!-- continues -->\n\n<script>alert(1)</script>\n\na <b>bold</b> word", links)
    assert.notMatch(html, /<script|<b>|continues/)
  })
})
