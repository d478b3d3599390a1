/**
 * What differs between the contract and the server's API document.
 */
import { type Direction, type Fields, parentOf } from "./fields.ts"
import { addressOf, type Bodies, type Operation, type Parameter } from "./operations.ts"

/** One thing that differs, as a line: the operation, the place, and what differs there. */
export type Difference = string

/** What a comparison has found. */
export interface Comparison {
  readonly differences: ReadonlyArray<Difference>
  /** How many operations were compared. */
  readonly compared: number
  /** How many operations of the document the contract does not have, by tag. */
  readonly missing: ReadonlyMap<string, number>
}

const quote = (texts: ReadonlyArray<string>): string => texts.map((text) => `"${text}"`).join(", ")
const missingFrom = <A>(these: Iterable<A>, those: { has: (item: A) => boolean }): ReadonlyArray<A> =>
  [...these].filter((item) => !those.has(item))

/** What only one of the two has. */
const compareNames = <A>(contract: ReadonlyMap<string, A>, document: ReadonlyMap<string, A>, prefix = "") => [
  ...missingFrom(contract.keys(), document).map((name) => `${prefix}${name}: not in the document`),
  ...missingFrom(document.keys(), contract).map((name) => `${prefix}${name}: not in the contract`)
]

const compareRequired = (contract: boolean, document: boolean) =>
  contract === document
    ? []
    : [contract ? "required, but optional in the document" : "optional, but required in the document"]

const compareValues = (contract: ReadonlySet<string>, document: ReadonlySet<string>) => {
  const lacking = missingFrom(document, contract)
  const extra = missingFrom(contract, document)
  return [
    ...(lacking.length === 0 ? [] : [`lacks the values ${quote(lacking)}`]),
    ...(extra.length === 0 ? [] : [`has the values ${quote(extra)}, which the document lacks`])
  ]
}

const compareKinds = (contract: ReadonlySet<string>, document: ReadonlySet<string>) => {
  const [own, other] = [contract, document].map((kinds) => [...kinds].sort().join(" or ") || "anything")
  return own === other ? [] : [`${own}, but ${other} in the document`]
}

/** Places that only one of the two has, without the places within them. */
const compareFields = (contract: Fields, document: Fields, direction: Direction): ReadonlyArray<string> => {
  const isOutermost = (place: string, fields: Fields) => place === "" || fields.has(parentOf(place))
  const only = (these: Fields, those: Fields) =>
    missingFrom(these.keys(), those).filter((place) => isOutermost(place, those))
  return [
    ...only(contract, document).map((place) => `${place}: not in the document`),
    ...only(document, contract).map((place) => `${place}: not in the contract`),
    ...[...contract].flatMap(([place, own]) => {
      const other = document.get(place)
      if (other === undefined) return []
      // An answer is read whether a member is null or left out, whatever the document says.
      const nulls =
        direction === "answer" || own.nullable === other.nullable
          ? []
          : [own.nullable ? "may be null, but not in the document" : "never null, but may be null in the document"]
      return [
        ...compareKinds(own.kinds, other.kinds),
        ...compareRequired(own.required, other.required),
        ...nulls,
        ...compareValues(own.values, other.values)
      ].map((problem) => `${place}: ${problem}`)
    })
  ]
}

const compareBodies = (contract: Bodies, document: Bodies, direction: Direction): ReadonlyArray<string> => [
  ...compareNames(contract, document, " "),
  ...[...contract].flatMap(([type, fields]) => {
    const other = document.get(type)
    return other === undefined
      ? []
      : compareFields(fields, other, direction).map(
          (problem) => ` ${type}${problem.startsWith(":") ? "" : " "}${problem}`
        )
  })
]

/** In a URL everything is text: only named values and the members of an object can differ. */
const compareParameter = (contract: Parameter, document: Parameter): ReadonlyArray<string> => {
  const asText = ({ fields, style }: Parameter): Fields =>
    new Map(
      [...fields].map(([place, field]) => [
        place,
        {
          ...field,
          kinds: new Set<string>(),
          nullable: style === "json" ? field.nullable : false,
          values: new Set([...field.values].filter((value) => value !== "true" && value !== "false"))
        }
      ])
    )
  const style =
    contract.style === document.style
      ? []
      : [`: written as ${contract.style}, but as ${document.style} in the document`]
  return [
    ...compareRequired(contract.required, document.required).map((problem) => `: ${problem}`),
    ...style,
    ...compareFields(asText(contract), asText(document), "request")
  ]
}

const nameOf = (operation: Operation): string => operation.ids[0] ?? addressOf(operation)

const pathParameters = (operation: Operation): ReadonlyArray<string> => operation.path.match(/\{[^}]*\}/g) ?? []

const compareOperation = (contract: Operation, document: Operation): ReadonlyArray<string> => {
  const [own, other] = [contract, document].map((operation) => pathParameters(operation).join(" "))
  return [
    ...document.ids.filter((id) => !contract.ids.includes(id)).map((id) => `name: the document calls it ${id}`),
    ...(own === other ? [] : [`path: ${own}, but ${other} in the document`]),
    ...compareNames(contract.query, document.query, "query "),
    ...[...contract.query].flatMap(([name, parameter]) => {
      const other = document.query.get(name)
      return other === undefined ? [] : compareParameter(parameter, other).map((problem) => `query ${name}${problem}`)
    }),
    ...compareBodies(contract.request, document.request, "request").map((problem) => `request${problem}`),
    ...compareNames(contract.answers, document.answers, "answer "),
    ...[...contract.answers].flatMap(([status, bodies]) => {
      const other = document.answers.get(status)
      if (other === undefined) return []
      // Problems are read leniently by one schema for all operations: their members are no part of the contract.
      const problems = status.startsWith("2")
        ? compareBodies(bodies, other, "answer")
        : compareNames(bodies, other, " ")
      return problems.map((problem) => `answer ${status}${problem}`)
    })
  ]
}

/** Compares the operations of the contract with those of the document that have the same method and path. */
export const compare = (contract: ReadonlyArray<Operation>, document: ReadonlyArray<Operation>): Comparison => {
  const documented = new Map(document.map((operation) => [addressOf(operation), operation]))
  const known = new Set(contract.map(addressOf))
  const missing = new Map<string, number>()
  for (const operation of document) {
    if (!known.has(addressOf(operation))) missing.set(operation.tag, (missing.get(operation.tag) ?? 0) + 1)
  }
  return {
    differences: contract.flatMap((operation) => {
      const other = documented.get(addressOf(operation))
      const differences =
        other === undefined ? [`${addressOf(operation)}: not in the document`] : compareOperation(operation, other)
      return differences.map((difference) => `${nameOf(operation)} ${difference}`)
    }),
    compared: contract.filter((operation) => documented.has(addressOf(operation))).length,
    missing
  }
}
