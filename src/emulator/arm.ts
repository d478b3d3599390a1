/**
 * When a fault takes effect: it counts, times and randomly picks the requests that it meets.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import * as Check from "./check.ts"
import * as Faults from "./Faults.ts"
import type { Exchange } from "./http/Exchange.ts"
import type { Operation } from "./http/routes.ts"

/** Checks one of the faults to inject. One that a program built without `Faults` goes through `Faults.make`. */
export const checkFault = (fault: unknown, i: number): Faults.Fault => {
  const field = `faults[${i}]`
  if (Predicate.isFunction(fault)) {
    throw Check.invalid(
      "inject",
      field,
      `is a behaviour, not a fault; say which requests it affects, as in Faults.always("*", Faults.hang)`
    )
  }
  if (!Predicate.isObject(fault) || !("selection" in fault) || !("behaviour" in fault)) {
    throw Check.unexpected("inject", field, `a fault such as Faults.once("ingestEvents", Faults.reset)`, fault)
  }
  // Faults.make checks both, whatever they are.
  return Faults.make(fault["selection"] as Faults.Selection, fault["behaviour"] as Faults.Behaviour)
}

const affects = (target: Faults.Target, operation: Operation | undefined): boolean =>
  target === "*" || (operation !== undefined && [target].flat().includes(operation))

/** Puts a fault into effect: it stands in front of an exchange, and counts requests from now on. */
export const arm = Effect.fnUntraced(function* ({ behaviour, selection }: Faults.Fault) {
  const random = yield* Random.withSeed(Random.Random, selection.seed ?? 0)
  const injected = yield* Clock.currentTimeMillis
  const from = injected + Duration.toMillis(selection.from ?? 0)
  const until = selection.until === undefined ? Infinity : injected + Duration.toMillis(selection.until)
  const { operation = "*", probability = 1, skip = 0, times = Infinity } = selection
  let met = 0
  let affected = 0
  return (next: Exchange): Exchange => {
    const faulty = behaviour(next, random)
    return (attempt) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        if (!affects(operation, attempt.operation) || now < from || now >= until) return next(attempt)
        met += 1
        if (met <= skip || affected >= times || random.nextDoubleUnsafe() >= probability) return next(attempt)
        affected += 1
        return faulty(attempt)
      })
  }
})
