/**
 * The recorded steps whose answer the emulator does not give, each with the reason.
 */
import type { RecordedRequest } from "./Scenario.ts"

/** Steps that the emulator answers in another way than the server did. */
export interface Deviation {
  readonly reason: string
  /** The scenario and the positions of its steps, from 0; or the requests, by method and path. */
  readonly where: { readonly scenario: string; readonly steps: ReadonlyArray<number> } | { readonly request: RegExp }
}

/** Every deviation that is kept. */
export const deviations: ReadonlyArray<Deviation> = [
  {
    reason: "Billing apps, Stripe and subscriptions are outside the contract: their routes do not exist here",
    where: {
      request: /^[A-Z]+ \/api\/v1\/(?:apps|subscriptions|customers\/[^/]+\/(?:apps|stripe|subscriptions))(?:\/|$)/
    }
  },
  {
    reason: "Depends on a subscription, which is outside the contract",
    where: { scenario: "entitlements managed by a subscription", steps: [3, 4, 5, 6, 7, 8, 10, 12, 15] }
  }
]

/** The deviation that a step is listed in, if any. */
export const deviationOf = (scenario: string, step: number, request: RecordedRequest): Deviation | undefined =>
  deviations.find(({ where }) =>
    "request" in where
      ? where.request.test(`${request.method} ${request.path}`)
      : where.scenario === scenario && where.steps.includes(step)
  )
