/**
 * A `fetch` that reaches nobody: answers from a list, and the requests that were made for them.
 */

/** An answer, or what fetch does in its place. */
export type Reply = (request: Request) => Response | Promise<Response>

/** An answer with a JSON body. */
export const json =
  (body: unknown, status = 200): Reply =>
  () =>
    Response.json(body, { status })

/** An answer without a body. */
export const empty: Reply = () => new Response(null, { status: 204 })

/** No answer, until the request is aborted: then what fetch rejects with. */
export const hanging: Reply = ({ signal }) =>
  new Promise((_, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener("abort", abort)
  })

/** A `fetch`, and what it was asked for. */
export interface Fetch {
  readonly fetch: typeof globalThis.fetch
  readonly requests: ReadonlyArray<Request>
  /** Resolves when so many requests have been made. */
  readonly reached: (count: number) => Promise<void>
}

/** Makes a `fetch` that gives each request the next one of the replies, and the last one again and again. */
export const replying = (...replies: readonly [Reply, ...ReadonlyArray<Reply>]): Fetch => {
  const requests: Array<Request> = []
  const waiting: Array<{ readonly count: number; readonly resolve: () => void }> = []
  return {
    requests,
    reached: (count) =>
      new Promise((resolve) => (requests.length >= count ? resolve() : waiting.push({ count, resolve }))),
    fetch: async (input, init) => {
      const request = new Request(input, init)
      requests.push(request)
      for (const { count, resolve } of waiting) if (requests.length >= count) resolve()
      return (replies[requests.length - 1] ?? replies.at(-1)!)(request)
    }
  }
}
