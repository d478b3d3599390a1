/**
 * The recorded steps whose answer the emulator does not give, each with the reason.
 */

/** A step that the emulator answers in another way than the server did. */
export interface Deviation {
  readonly scenario: string
  /** The position of the step in its scenario, from 0. */
  readonly step: number
  readonly reason: string
}

/** Every deviation that is kept. */
export const deviations: ReadonlyArray<Deviation> = []
