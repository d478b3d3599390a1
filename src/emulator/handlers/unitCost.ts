/**
 * What a unit of a feature costs: a fixed amount, or the price of a language model's tokens.
 */
import * as Wire from "../http/Wire.ts"
import type { UnitCost } from "../store/records.ts"

const property = Wire.optional(Wire.string())

/** A unit cost as it is sent. */
export const UnitCostInput = Wire.discriminated("type", {
  manual: Wire.struct({
    type: Wire.literals("manual"),
    amount: Wire.allOf(Wire.string({ pattern: "^\\-?[0-9]+(\\.[0-9]+)?$" }))
  }),
  llm: Wire.struct({
    type: Wire.literals("llm"),
    providerProperty: property,
    provider: property,
    modelProperty: property,
    model: property,
    tokenTypeProperty: property,
    tokenType: property
  })
})

const tokenTypes = ["input", "output", "cache_read", "reasoning", "cache_write", "request", "response"]

const normalised = (amount: string): string => {
  const [whole = "", fraction = ""] = amount.replace("-", "").split(".")
  const digits = fraction.replace(/0+$/, "")
  const text = (whole.replace(/^0+(?=\d)/, "") || "0") + (digits === "" ? "" : `.${digits}`)
  return amount.startsWith("-") && text !== "0" ? `-${text}` : text
}

/** A unit cost as it is stored: only its own members, an amount without needless zeros. */
export const unitCostOf = (input: Wire.Type<typeof UnitCostInput>): UnitCost => {
  if (input.type === "manual") return { type: "manual", amount: normalised(input.amount) }
  const { providerProperty, provider, modelProperty, model, tokenTypeProperty, tokenType } = input
  return { type: "llm", providerProperty, provider, modelProperty, model, tokenTypeProperty, tokenType }
}

/**
 * What is wrong with a unit cost, one error a line; `undefined` if nothing is.
 *
 * @param groupBy the groups of the feature's meter; `undefined` for a feature without one
 */
export const unitCostFault = (
  cost: UnitCost,
  groupBy: Readonly<Record<string, string>> | undefined
): string | undefined => {
  if (cost.type === "manual") {
    return cost.amount.startsWith("-") ? "manual unit cost amount must be non-negative" : undefined
  }
  if (groupBy === undefined) return "LLM unit cost requires a meter to be associated with the feature"
  const sources = [
    ["provider", cost.providerProperty, cost.provider],
    ["model", cost.modelProperty, cost.model],
    ["token_type", cost.tokenTypeProperty, cost.tokenType]
  ] as const
  const contradictions = sources.flatMap(([name, property, value]) => {
    if (property !== undefined && value !== undefined) return [`${name}_property and ${name} are mutually exclusive`]
    if (property === undefined && value === undefined) {
      return [`either ${name}_property or ${name} is required for LLM unit cost`]
    }
    return []
  })
  const unknownToken =
    cost.tokenType === undefined || tokenTypes.includes(cost.tokenType)
      ? []
      : [`invalid token_type "${cost.tokenType}": expected one of ${tokenTypes.join(", ")}`]
  const faults = [...contradictions, ...unknownToken]
  if (faults.length > 0) return faults.join("\n")
  const unknownProperties = sources.flatMap(([name, property]) =>
    property === undefined || Object.hasOwn(groupBy, property)
      ? []
      : [`${name}_property "${property}" not found in meter group-by keys`]
  )
  return unknownProperties.length === 0 ? undefined : unknownProperties.join("\n")
}
