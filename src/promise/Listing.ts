/**
 * A list that can be awaited, or iterated item by item.
 *
 * @since 2.0.0
 */

/**
 * The answer of a list: `await` gives what the server answers to the one request, `for await` every item, page after
 * page.
 *
 * Nothing is sent before one of the two is asked for. Iterating twice asks twice.
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
   * Makes a list that asks for nothing yet.
   *
   * @param load - asks for the list
   * @param iterate - begins to ask for its items
   */
  constructor(load: () => Promise<A>, iterate: () => AsyncIterator<Item>) {
    this.#load = load
    this.#iterate = iterate
  }

  #awaited(): Promise<A> {
    return (this.#answer ??= this.#load())
  }

  /** Asks for the list, once. */
  // oxlint-disable-next-line unicorn/no-thenable -- a list is a Promise, and more: both are asked for by their own word
  then<B = A, C = never>(
    onFulfilled?: ((value: A) => B | PromiseLike<B>) | null,
    onRejected?: ((reason: unknown) => C | PromiseLike<C>) | null
  ): Promise<B | C> {
    return this.#awaited().then(onFulfilled, onRejected)
  }

  /** Asks for the list, once, and handles its failure. */
  catch<C = never>(onRejected?: ((reason: unknown) => C | PromiseLike<C>) | null): Promise<A | C> {
    return this.#awaited().catch(onRejected)
  }

  /** Asks for the list, once, and runs a function when it is over. */
  finally(onFinally?: (() => void) | null): Promise<A> {
    return this.#awaited().finally(onFinally)
  }

  /** Asks for the items, page after page. */
  [Symbol.asyncIterator](): AsyncIterator<Item> {
    return this.#iterate()
  }
}
