/**
 * The suite: what every runtime has to do alike. It knows no runtime, only the package by its name and Web APIs.
 */

/** Where the suite finds the servers that it needs. */
export interface Setting {
  /**
   * An emulator that holds nothing. A request with the header `x-fault` meets that fault; with a second word in it,
   * only the first such request does.
   */
  readonly baseUrl: string
  /** An address where nobody listens. */
  readonly refusedUrl: string
  /** An emulator of another origin, and a portal token of it for the one meter and the one subject that it has. */
  readonly portal: {
    readonly baseUrl: string
    readonly token: string
    readonly meterSlug: string
    readonly subject: string
    /** What the subject has used. */
    readonly value: number
  }
}

/** A part of the suite: rejects when something is not as it should be. */
export type Part = (setting: Setting) => Promise<void>

/** What became of a part. */
export interface Outcome {
  readonly part: string
  /** What went wrong; `undefined` if nothing did. */
  readonly failure?: string | undefined
}

/** How long a part may take, in milliseconds. */
const patience = 20_000

const describe = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? "" : ` (cause: ${describe(error.cause)})`
  return `${error.name}: ${error.message}${cause}`
}

/** Tells of every rejection that nobody handles; how, differs between runtimes. */
export type WatchRejections = (report: (reason: unknown) => void) => void

/** A rejection that nobody handles is known of when a turn of the event loop is over. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 0))

/** Runs parts one after another, and tells of each what became of it. */
export const run = async (
  parts: Readonly<Record<string, Part>>,
  setting: Setting,
  watchRejections: WatchRejections
): Promise<ReadonlyArray<Outcome>> => {
  const outcomes: Array<Outcome> = []
  let spoil: (error: Error) => void = () => {}
  watchRejections((reason) => spoil(new Error("leaves a rejection unhandled", { cause: reason })))
  for (const [name, part] of Object.entries(parts)) {
    const { promise: spoilt, reject } = Promise.withResolvers<never>()
    spoil = reject
    const timer = setTimeout(() => reject(new Error(`is not done after ${patience} ms`)), patience)
    try {
      await Promise.race([part(setting).then(turn), spoilt])
      outcomes.push({ part: name })
    } catch (error) {
      outcomes.push({ part: name, failure: describe(error) })
    } finally {
      clearTimeout(timer)
    }
  }
  return outcomes
}
