/**
 * The route table: every operation that the emulator answers, from the contract that the services call by.
 */
import * as HttpApi from "effect/http-api/HttpApi"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import type * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import { OpenMeterApi } from "../../api/OpenMeterApi.ts"

type Groups = (typeof OpenMeterApi)["groups"]

/** The endpoints that ask an operation for another format or for a page have no route of their own. */
type Twin = `${string}Csv` | `list${string}Page`

/** The name of an operation that the emulator answers. */
export type Operation = Exclude<HttpApiEndpoint.Identifier<HttpApiGroup.Endpoints<Groups[keyof Groups]>>, Twin>

/** The method and path template of an operation. */
export type Route = readonly [method: string, path: string]

/** The method and path template of each operation, by the operation's name in the server's API document. */
export const routes: Readonly<Record<Operation, Route>> = (() => {
  const byRoute = new Map<string, readonly [string, Route]>()
  HttpApi.reflect(OpenMeterApi, {
    onGroup() {},
    onEndpoint({ endpoint: { identifier, method, path } }) {
      const route = `${method} ${path}`
      if (!byRoute.has(route)) byRoute.set(route, [identifier, [method, path]])
    }
  })
  // The names are those of the contract's type: of two endpoints of a route the first one is the operation.
  return Object.fromEntries(byRoute.values()) as Record<Operation, Route>
})()
