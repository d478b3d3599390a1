/**
 * Declarations as text: what a reader sees of them, without bodies, defaults and members.
 */
import {
  isArrowFunction,
  isClassDeclaration,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isMethodDeclaration,
  isTypeAliasDeclaration,
  isVariableDeclaration,
  type Node,
  type ParameterDeclaration
} from "typescript/unstable/ast"

const indentOf = (text: string, at: number) => /^ */.exec(text.slice(text.lastIndexOf("\n", at) + 1))![0].length

/** The source of a node, moved to the left margin. */
const textOf = (node: Node): string => {
  const { text } = node.getSourceFile()
  const from = node.getStart()
  return text.slice(from, node.end).replaceAll(`\n${" ".repeat(indentOf(text, from))}`, "\n")
}

const generics = (node: { readonly typeParameters?: ReadonlyArray<Node> }): string =>
  node.typeParameters === undefined ? "" : `<${node.typeParameters.map(textOf).join(", ")}>`

type FunctionLike = Node & {
  readonly typeParameters?: ReadonlyArray<Node>
  readonly parameters: ReadonlyArray<ParameterDeclaration>
  readonly type?: Node
}

const width = 96

/** Parameters and result of a function, without defaults and without the body. */
export const signature = (node: FunctionLike, arrow: " =>" | ":"): string => {
  const parameters = node.parameters.map((parameter) => {
    const isOptional = parameter.questionToken !== undefined || parameter.initializer !== undefined
    const type = parameter.type === undefined ? "" : `: ${textOf(parameter.type)}`
    return `${parameter.dotDotDotToken === undefined ? "" : "..."}${parameter.name.getText()}${isOptional ? "?" : ""}${type}`
  })
  const result = node.type === undefined ? "" : `${arrow} ${textOf(node.type)}`
  const line = `${generics(node)}(${parameters.join(", ")})${result}`
  if (line.length <= width || parameters.length === 0) return line
  return `${generics(node)}(\n${parameters.map((text) => `  ${text.replaceAll("\n", "\n  ")}`).join(",\n")}\n)${result}`
}

/** What a class or an interface is made by, which says nothing to those who use it. */
const isMachinery = (heritage: string) => /Schema\.Schema\.Type|failure\(|Context\.Service|Data\./.test(heritage)

/**
 * A declaration under the name that programs know.
 *
 * @param typeText - the type that the compiler finds, for a declaration that does not tell it
 */
export const declaration = (name: string, node: Node, typeText: () => string): string => {
  if (isClassDeclaration(node) || isInterfaceDeclaration(node)) {
    const heritage = (node.heritageClauses ?? []).map(textOf).filter((clause) => !isMachinery(clause))
    return [isClassDeclaration(node) ? "class" : "interface", name + generics(node), ...heritage].join(" ")
  }
  if (isTypeAliasDeclaration(node)) {
    const written = textOf(node.type)
    return `type ${name}${generics(node)} = ${/^typeof \w+\.Type$/.test(written) ? typeText() : written}`
  }
  if (isFunctionDeclaration(node)) return `function ${name}${signature(node, ":")}`
  if (!isVariableDeclaration(node)) return name
  const { initializer, type } = node
  if (type !== undefined) return `const ${name}: ${textOf(type)}`
  if (initializer !== undefined && isArrowFunction(initializer) && initializer.type !== undefined) {
    return `const ${name}: ${signature(initializer, " =>")}`
  }
  return `const ${name}: ${typeText()}`
}

/** Whether a type is a literal, which says more than the name of the type parameter that it was given for. */
const isLiteral = (type: string) => /^"[^"]*"$/.test(type)

/**
 * A member of a class or of an interface.
 *
 * @param typeText - the type that the compiler finds
 */
export const member = (name: string, node: Node, isOptional: boolean, typeText: string): string => {
  if (isMethodDeclaration(node)) return name + signature(node, ":")
  const { type } = node as Node & { readonly type?: Node }
  const written = type === undefined || isLiteral(typeText) ? typeText : textOf(type)
  return isOptional ? `${name}?: ${written.replace(/ \| undefined$/, "")}` : `${name}: ${written}`
}
