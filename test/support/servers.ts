/**
 * The servers besides OpenMeter that documents take for granted, by the variable of the environment that leads to each.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { startPostgres } from "./postgres.ts"
import { hasRedis, redis } from "./redis.ts"

/** A server that runs. */
export interface Server {
  readonly url: string
  readonly stop: () => Promise<void>
}

const startRedis = async (): Promise<Server | string> => {
  if (!hasRedis) return "there is no redis-server on this machine"
  const scope = Scope.makeUnsafe()
  const { url } = await Effect.runPromise(Scope.provide(redis, scope))
  return { url, stop: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
}

/** Starts a server, or gives the reason for which none can be had here. */
export const servers: Readonly<Record<string, () => Promise<Server | string>>> = {
  DATABASE_URL: startPostgres,
  REDIS_URL: startRedis
}
