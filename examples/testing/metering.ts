/**
 * The metering of a text generator: records completions, and decides who may have another.
 */
import { type OpenMeter, ServerError, TimeoutError, TransportError } from "@openmeter/sdk"

/** A completion that a customer got. */
export interface Completion {
  readonly id: string
  readonly customer: string
  readonly model: string
  readonly tokens: number
}

/** Records what a completion used. Thanks to its id it counts once, however often it is recorded. */
export const recordCompletion = async (openmeter: OpenMeter, completion: Completion): Promise<void> => {
  const { customer, id, model, tokens } = completion
  await openmeter.events.ingest({
    id,
    source: "text-generator",
    type: "completion",
    subject: customer,
    data: { model, tokens }
  })
}

const isOutage = (error: unknown): boolean =>
  error instanceof ServerError || error instanceof TimeoutError || error instanceof TransportError

/** Whether a customer may have another completion. While metering is down, everybody may. */
export const mayGenerate = async (openmeter: OpenMeter, customer: string): Promise<boolean> => {
  try {
    const { hasAccess } = await openmeter.customers.getEntitlementValue(customer, "ai_tokens", {}, { timeout: 500 })
    return hasAccess
  } catch (error) {
    if (isOutage(error)) return true
    throw error
  }
}
