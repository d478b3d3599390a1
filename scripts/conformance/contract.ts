/**
 * The operations of the contract, read from the API document that effect makes of each endpoint.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import { addressOf, join, type Operation, readOperations } from "./operations.ts"

/**
 * Reads the operations of a contract.
 *
 * Each endpoint is made a document of its own: one document holds a path and method once, but the contract has several
 * endpoints for an operation whose answer depends on the query or on a header.
 */
export const contractOperations = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>
): ReadonlyArray<Operation> => {
  const operations = new Map<string, Operation>()
  HttpApi.reflect(api, {
    onGroup() {},
    onEndpoint({ endpoint, group }) {
      const document = OpenApi.fromApi(
        HttpApi.make("contract").add(HttpApiGroup.make(group.identifier).add(endpoint)),
        {
          includeAnnotationKey: (key) => key === "knownLiterals"
        }
      )
      for (const read of readOperations(document)) {
        const operation = { ...read, ids: [endpoint.identifier] }
        const address = addressOf(operation)
        const other = operations.get(address)
        operations.set(address, other === undefined ? operation : join(other, operation))
      }
    }
  })
  return [...operations.values()]
}
