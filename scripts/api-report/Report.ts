/**
 * What a package declares to its users: the exports of its entry points, the declarations behind them, and whatever
 * those name of the package themselves.
 */
import { relative } from "node:path"
import { SyntaxKind, type Node } from "typescript/unstable/ast"
import { NodeBuilderFlags, SymbolFlags, type Project, type Symbol } from "typescript/unstable/sync"

/** The declarations of one name, as text. */
type Declarations = ReadonlyArray<string>

const declared =
  SymbolFlags.Class | SymbolFlags.Interface | SymbolFlags.TypeAlias | SymbolFlags.Variable | SymbolFlags.Function

/** A constant is declared in a list in a statement. */
const statementOf = (node: Node): Node => (node.kind === SyntaxKind.VariableDeclaration ? node.parent.parent : node)

const identifiersOf = (node: Node): ReadonlyArray<Node> => {
  const found: Array<Node> = []
  const visit = (child: Node): void => {
    if (child.kind === SyntaxKind.Identifier) found.push(child)
    child.forEachChild(visit)
  }
  visit(node)
  return found
}

/** Types of this module are written as what they come to: they are computed from the whole contract. */
const computed = "emulator/http/routes"

/** What public types hold without a promise of its form. */
const opaque = "emulator/store/State"

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const entries = <A>(map: ReadonlyMap<string, A>): ReadonlyArray<readonly [string, A]> =>
  [...map].sort(([a], [b]) => compare(a, b))

/** A report in the making. */
export class Report {
  readonly #project: Project
  readonly #folder: string
  readonly #modules = new Map<string, Map<string, Declarations>>()

  /**
   * @param project - of the declarations of the build
   * @param folder - where they are
   */
  constructor(project: Project, folder: string) {
    this.#project = project
    this.#folder = folder
  }

  /** Adds what an entry point exports, and returns its names, each with the module that declares it. */
  add(entryPoint: string): ReadonlyArray<string> {
    const source = this.#project.program.getSourceFile(entryPoint)
    const module = source === undefined ? undefined : this.#project.checker.getSymbolAtLocation(source)
    if (module === undefined) throw new Error(`${entryPoint} is not there, or exports nothing`)
    return this.#addExports(module, "").sort(compare)
  }

  /** What was added, by module and name. */
  modules(): ReadonlyArray<readonly [module: string, declarations: Declarations]> {
    return entries(this.#modules).map(([module, names]) => [module, entries(names).flatMap(([, texts]) => texts)])
  }

  #addExports(module: Symbol, prefix: string): Array<string> {
    return this.#project.checker.getExportsOfModule(module).flatMap((exported) => {
      const symbol = this.#target(exported)
      const name = prefix + exported.name
      // `export * as Retry from "./layers/Retry.ts"`
      if (symbol.flags & SymbolFlags.ValueModule) return this.#addExports(symbol, `${name}.`)
      return [`${name} (${this.#addSymbol(symbol) ?? "of another package"})`]
    })
  }

  /** Adds the declarations of a symbol, if they are this package's, and returns their module. */
  #addSymbol(symbol: Symbol): string | undefined {
    const nodes = this.#declarationsOf(symbol)
    const module = nodes.map((node) => this.#moduleOf(node)).find((module) => module !== undefined)
    if (module === undefined || module === opaque) return module
    const names = this.#modules.get(module) ?? new Map<string, Declarations>()
    this.#modules.set(module, names)
    if (!names.has(symbol.name)) {
      if (module === computed) names.set(symbol.name, [this.#compute(symbol)])
      else {
        names.set(symbol.name, nodes.map((node) => this.#project.emitter.printNode(node)).sort(compare))
        this.#addNamed(nodes)
      }
    }
    return module
  }

  #compute(symbol: Symbol): string {
    const { checker } = this.#project
    const type = checker.getDeclaredTypeOfSymbol(symbol)
    const text = checker.typeToString(type, undefined, NodeBuilderFlags.NoTruncation | NodeBuilderFlags.InTypeAlias)
    return `export type ${symbol.name} = ${text};`
  }

  /** Adds what declarations name, unless it is a part of them, as parameters and members are. */
  #addNamed(nodes: ReadonlyArray<Node>): void {
    for (const named of this.#project.checker.getSymbolAtLocation(nodes.flatMap(identifiersOf))) {
      const symbol = named === undefined ? undefined : this.#target(named)
      if (symbol === undefined || !(symbol.flags & declared)) continue
      const isTopLevel = this.#declarationsOf(symbol).some((node) => node.parent.kind === SyntaxKind.SourceFile)
      if (isTopLevel) this.#addSymbol(symbol)
    }
  }

  #target(symbol: Symbol): Symbol {
    return symbol.flags & SymbolFlags.Alias ? this.#project.checker.getAliasedSymbol(symbol) : symbol
  }

  #declarationsOf(symbol: Symbol): ReadonlyArray<Node> {
    return symbol.declarations.flatMap((handle) => {
      const node = handle.resolve(this.#project)
      return node === undefined ? [] : [statementOf(node)]
    })
  }

  #moduleOf(node: Node): string | undefined {
    const path = relative(this.#folder, node.getSourceFile().fileName)
    return path.startsWith("..") ? undefined : path.replace(/\.d\.ts$/, "")
  }
}
