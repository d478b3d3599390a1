/**
 * The events that are offered.
 */

/** An event that is told apart by its number. */
export interface Event {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Makes an event. Each hundredth has an id that ends in `37`. */
export const event = (i: number, padding = 0): Event => ({
  id: `bench-${i}`,
  source: "bench",
  type: "prompt",
  subject: `customer-${i % 100}`,
  data: {
    tokens: i,
    model: "gpt-4",
    direction: i % 3 === 0 ? "input" : "output",
    ...(padding === 0 ? {} : { text: "x".repeat(padding) })
  }
})

/** Makes so many events. */
export const events = (count: number, padding = 0): ReadonlyArray<Event> =>
  Array.from({ length: count }, (_, i) => event(i, padding))
