/**
 * What a meter must be, beyond the schema of its requests. Errors are in the server's words.
 */
import * as JsonPath from "./JsonPath.ts"
import type { Metering } from "./Meter.ts"

/** What is wrong with an aggregation and its value property. */
export const aggregationFault = ({
  aggregation,
  valueProperty
}: Pick<Metering, "aggregation" | "valueProperty">): string | undefined => {
  if (aggregation === "COUNT") {
    return valueProperty === undefined ? undefined : "meter value property is not allowed when the aggregation is count"
  }
  return valueProperty === undefined ? "meter value property is required when the aggregation is not count" : undefined
}

/** What is wrong with the keys of the groups, or with a group that is the value itself. */
export const groupFault = ({
  groupBy,
  valueProperty
}: Pick<Metering, "groupBy" | "valueProperty">): string | undefined => {
  for (const [key, path] of Object.entries(groupBy)) {
    if (key === "") return "meter group by key cannot be empty"
    if (!/^[A-Za-z_]\w*$/.test(key)) {
      return `meter group by key ${key} is invalid, only alphanumeric and underscore characters are allowed`
    }
    if (path === valueProperty) return `meter group by value ${key} cannot be the same as value property`
  }
  return undefined
}

// The server formats a reason that it does not have.
const noReason = "%!w(<nil>)"

/** What is wrong with the JSON paths. */
export const pathFault = ({
  groupBy,
  valueProperty
}: Pick<Metering, "groupBy" | "valueProperty">): string | undefined => {
  if (valueProperty !== undefined && JsonPath.parse(valueProperty) === undefined) {
    return `invalid JSONPath: ${noReason}`
  }
  const key = Object.keys(groupBy).find((key) => JsonPath.parse(groupBy[key] ?? "") === undefined)
  return key === undefined ? undefined : `invalid JSONPath for ${key} group by: ${noReason}`
}
