/**
 * The public symbols of the package: what its entry points export, and what is reached through it, as the compiler
 * understands them and as their comments describe them.
 */
import { basename, join, relative } from "node:path"
import {
  isClassDeclaration,
  isConstructorDeclaration,
  isExportDeclaration,
  isExportSpecifier,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isTypeAliasDeclaration,
  isVariableDeclaration,
  SyntaxKind,
  type ExportSpecifier,
  type Node,
  type SourceFile
} from "typescript/unstable/ast"
import {
  API,
  NodeBuilderFlags,
  SignatureKind,
  SymbolFlags,
  type Checker,
  type Project,
  type Symbol,
  type Type
} from "typescript/unstable/sync"
import * as Code from "./code.ts"
import * as Comment from "./comment.ts"
import * as Descriptions from "./descriptions.ts"

/** What a symbol is. */
export type Kind = "class" | "service" | "interface" | "type" | "function" | "schema" | "constant"

/** A part of a class or of an interface. */
export interface Member {
  readonly name: string
  readonly code: string
  readonly comment: Comment.Comment
  readonly isStatic: boolean
}

/** A public symbol. */
export interface Item {
  /** As programs write it: with its namespace, when it is in one. */
  readonly name: string
  readonly kind: Kind
  readonly code: string
  readonly comment: Comment.Comment
  readonly members: ReadonlyArray<Member>
  /** The line of its declaration, from 1. */
  readonly line: number
}

/** The public symbols that one file of the sources declares. */
export interface Module {
  readonly name: string
  /** From the root of the package. */
  readonly file: string
  readonly comment: Comment.Comment
  readonly items: ReadonlyArray<Item>
}

/** What one import path gives. */
export interface Entry {
  readonly specifier: string
  readonly comment: Comment.Comment
  readonly modules: ReadonlyArray<Module>
}

const typeFormat: number =
  NodeBuilderFlags.NoTruncation | NodeBuilderFlags.InTypeAlias | NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope

const isValue = (node: Node): boolean => isVariableDeclaration(node) || isFunctionDeclaration(node)

/** The name of the variable within which something is declared. */
const variableOf = (node: Node | undefined): string | undefined =>
  node === undefined || isVariableDeclaration(node) ? node?.name.getText() : variableOf(node.parent)

const commentOf = (node: Node): Comment.Comment => {
  const documented = isVariableDeclaration(node) ? node.parent.parent : node
  const comment = documented.jsDoc?.at(-1)
  if (comment === undefined) return Comment.none
  // Other comments may stand before it. The one with which a file begins is the file's.
  const { text } = node.getSourceFile()
  const start = text.lastIndexOf("/**", comment.end)
  return start === 0 ? Comment.none : Comment.parse(text.slice(start, comment.end))
}

/** The comment with which a file begins. */
const headOf = (file: SourceFile): Comment.Comment => {
  const [head] = /^\/\*\*[^]*?\*\//.exec(file.text) ?? []
  return head === undefined ? Comment.none : Comment.parse(head)
}

const isOfType = (specifier: ExportSpecifier): boolean => {
  const clause = specifier.parent.parent
  return specifier.isTypeOnly || (isExportDeclaration(clause) && clause.isTypeOnly)
}

/** A public symbol before it is read. */
interface Export {
  readonly name: string
  readonly symbol: Symbol
  readonly isTypeOnly: boolean
}

/** An item with the file that declares it. */
type Declared = Item & { readonly source: SourceFile }

class Reader {
  readonly #root: string
  readonly #project: Project
  readonly #checker: Checker
  readonly #descriptions = new Map<string, ReadonlyMap<string, Descriptions.Descriptions>>()

  constructor(root: string, project: Project) {
    this.#root = root
    this.#project = project
    this.#checker = project.checker
  }

  /** Where a symbol is declared within the package. */
  #declarations({ declarations }: Symbol): ReadonlyArray<Node> {
    return declarations.flatMap((handle) => {
      const node = handle.path.startsWith(join(this.#root, "src/")) ? handle.resolve(this.#project) : undefined
      return node === undefined ? [] : [node]
    })
  }

  #typeText(type: Type | undefined): string {
    return type === undefined ? "unknown" : this.#checker.typeToString(type, undefined, typeFormat)
  }

  #typeTextOf(symbol: Symbol): string {
    const text = this.#typeText(this.#checker.getTypeOfSymbol(symbol))
    return symbol.flags & SymbolFlags.Optional ? text.replace(/ \| undefined$/, "") : text
  }

  /** What a module exports, the contents of its namespaces included. */
  #exports(module: Symbol, namespace = ""): ReadonlyArray<Export> {
    return this.#checker.getExportsOfModule(module).flatMap((symbol): ReadonlyArray<Export> => {
      const target = symbol.flags & SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol
      const name = namespace + symbol.name
      if (target.flags & SymbolFlags.ValueModule) return this.#exports(target, `${name}.`)
      const specifier = symbol.declarations[0]?.resolve(this.#project)
      const isTypeOnly = specifier !== undefined && isExportSpecifier(specifier) && isOfType(specifier)
      return [{ name, symbol: target, isTypeOnly }]
    })
  }

  async #descriptionsOf(file: string): Promise<ReadonlyMap<string, Descriptions.Descriptions>> {
    const known = this.#descriptions.get(file)
    if (known !== undefined) return known
    const read = await Descriptions.fromModule(file)
    this.#descriptions.set(file, read)
    return read
  }

  /** What schemas say of a member: the one of the same name as its owner, or the one that declares it. */
  async #description(member: Symbol, owner: Symbol): Promise<string | undefined> {
    for (const node of [...this.#declarations(owner), ...this.#declarations(member)]) {
      const descriptions = await this.#descriptionsOf(node.getSourceFile().fileName)
      const description = (descriptions.get(owner.name) ?? descriptions.get(variableOf(node) ?? ""))?.get(member.name)
      if (description !== undefined) return description
    }
    return undefined
  }

  async #member(symbol: Symbol, owner: Symbol, isStatic: boolean): Promise<Member | undefined> {
    const [node] = this.#declarations(symbol)
    const { name } = (node ?? {}) as { readonly name?: Node }
    const comment = node === undefined ? Comment.none : commentOf(node)
    if (comment.text === "" && !isStatic) {
      const description = await this.#description(symbol, owner)
      if (description !== undefined) {
        const code = `${symbol.name}${symbol.flags & SymbolFlags.Optional ? "?" : ""}: ${this.#typeTextOf(symbol)}`
        return { name: symbol.name, code, comment: { ...Comment.none, text: description }, isStatic }
      }
    }
    if (node === undefined || name === undefined || comment.isInternal) return undefined
    if (name.kind === SyntaxKind.PrivateIdentifier) return undefined
    const isOptional = (symbol.flags & SymbolFlags.Optional) !== 0
    const code = Code.member(name.getText(), node, isOptional, this.#typeTextOf(symbol))
    return { name: name.getText(), code, comment, isStatic }
  }

  /** The members that the package declares: what a class inherits from the platform is described there. */
  async #members(symbol: Symbol, node: Node): Promise<ReadonlyArray<Member>> {
    const members: Array<Member | undefined> = []
    if (isClassDeclaration(node)) {
      for (const constructor of node.members.filter(isConstructorDeclaration)) {
        const comment = commentOf(constructor)
        const code = `constructor${Code.signature(constructor, ":")}`
        if (!comment.isInternal) members.push({ name: "constructor", code, comment, isStatic: false })
      }
      for (const property of symbol.getExports().values()) members.push(await this.#member(property, symbol, true))
    }
    for (const property of this.#checker.getPropertiesOfType(this.#checker.getDeclaredTypeOfSymbol(symbol))) {
      members.push(await this.#member(property, symbol, false))
    }
    return members.filter((member) => member !== undefined)
  }

  #kind(symbol: Symbol, node: Node, category: string | undefined): Kind {
    if (isClassDeclaration(node)) return category === "services" ? "service" : "class"
    if (isInterfaceDeclaration(node)) return "interface"
    if (isTypeAliasDeclaration(node)) return "type"
    const type = this.#checker.getTypeOfSymbol(symbol)
    const isCallable = type !== undefined && this.#checker.getSignaturesOfType(type, SignatureKind.Call).length > 0
    return isFunctionDeclaration(node) || isCallable ? "function" : category === "schemas" ? "schema" : "constant"
  }

  async #item({ isTypeOnly, name, symbol }: Export): Promise<Declared | undefined> {
    const nodes = this.#declarations(symbol).filter((node) => !isTypeOnly || !isValue(node))
    const [node] = nodes
    if (node === undefined) return undefined
    const comment = commentOf(node)
    if (comment.isInternal) return undefined
    const source = node.getSourceFile()
    const kind = this.#kind(symbol, node, comment.category)
    const model = nodes.find((declared) => isInterfaceDeclaration(declared) || isClassDeclaration(declared))
    // What a schema is made of says less than the type that is made of it.
    const told = kind === "schema" ? nodes.find(isTypeAliasDeclaration) : node
    return {
      name,
      kind,
      code: told === undefined ? `const ${name}` : Code.declaration(name, told, () => this.#declaredText(symbol, told)),
      comment,
      members: model === undefined ? [] : await this.#members(symbol, model),
      line: source.text.slice(0, node.getStart()).split("\n").length,
      source
    }
  }

  #declaredText(symbol: Symbol, node: Node): string {
    return isTypeAliasDeclaration(node)
      ? this.#typeText(this.#checker.getDeclaredTypeOfSymbol(symbol))
      : this.#typeTextOf(symbol)
  }

  /** What the file of an entry point exports. */
  async entry(specifier: string, path: string): Promise<Entry> {
    const file = this.#project.program.getSourceFile(join(this.#root, path))
    const module = file === undefined ? undefined : this.#checker.getSymbolAtLocation(file)
    if (file === undefined || module === undefined) throw new Error(`${path} is no module of the project`)
    const exports = this.#exports(module)
    const modules = new Map<SourceFile, ReadonlyArray<Item>>()
    for (const exported of exports) {
      const item = await this.#item(exported)
      if (item === undefined) continue
      modules.set(item.source, [...(modules.get(item.source) ?? []), item])
    }
    return {
      specifier,
      comment: headOf(file),
      modules: [...modules].map(([source, items]) => ({
        name: basename(source.fileName, ".ts"),
        file: relative(this.#root, source.fileName),
        comment: headOf(source),
        items: items.toSorted((a, b) => a.line - b.line)
      }))
    }
  }
}

/**
 * Reads what entry points export, given by the path that programs import and the file of the sources.
 *
 * @param root - the folder of `tsconfig.json` and `src`
 */
export const read = async (root: string, entries: Readonly<Record<string, string>>): Promise<ReadonlyArray<Entry>> => {
  const api = new API({ cwd: root })
  try {
    const [project] = api.updateSnapshot({ openProject: join(root, "tsconfig.json") }).getProjects()
    if (project === undefined) throw new Error(`${root} has no tsconfig.json`)
    const reader = new Reader(root, project)
    const read: Array<Entry> = []
    for (const [specifier, path] of Object.entries(entries)) read.push(await reader.entry(specifier, path))
    return read
  } finally {
    api.close()
  }
}
