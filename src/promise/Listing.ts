/**
 * A list that can be awaited, or iterated item by item.
 *
 * @since 2.0.0
 */

/**
 * The result of a list operation: `await` returns the response to a single request; `for await` yields every item, page
 * after page.
 *
 * No request is sent until the list is awaited or iterated. Each iteration sends its own requests.
 *
 * @example
 * ```ts
 * const meters = await openmeter.meters.list()
 * for await (const customer of openmeter.customers.list()) console.log(customer.name)
 * ```
 *
 * @since 2.0.0
 * @category models
 */
export class Listing<A, Item> implements Promise<A>, AsyncIterable<Item> {
  readonly [Symbol.toStringTag] = "Listing"
  readonly #load: () => Promise<A>
  readonly #iterate: () => AsyncIterator<Item>
  #answer: Promise<A> | undefined

  /**
   * Creates a list. No request is sent yet.
   *
   * @param load - sends the request
   * @param iterate - starts the iteration
   */
  constructor(load: () => Promise<A>, iterate: () => AsyncIterator<Item>) {
    this.#load = load
    this.#iterate = iterate
  }

  #awaited(): Promise<A> {
    return (this.#answer ??= this.#load())
  }

  /** Sends the request, once. */
  // oxlint-disable-next-line unicorn/no-thenable -- a list is a Promise that can also be iterated
  then<B = A, C = never>(
    onFulfilled?: ((value: A) => B | PromiseLike<B>) | null,
    onRejected?: ((reason: unknown) => C | PromiseLike<C>) | null
  ): Promise<B | C> {
    return this.#awaited().then(onFulfilled, onRejected)
  }

  /** Sends the request, once, and handles its failure. */
  catch<C = never>(onRejected?: ((reason: unknown) => C | PromiseLike<C>) | null): Promise<A | C> {
    return this.#awaited().catch(onRejected)
  }

  /** Sends the request, once, and runs a function when it settles. */
  finally(onFinally?: (() => void) | null): Promise<A> {
    return this.#awaited().finally(onFinally)
  }

  /** Yields the items, page after page. */
  [Symbol.asyncIterator](): AsyncIterator<Item> {
    return this.#iterate()
  }
}
