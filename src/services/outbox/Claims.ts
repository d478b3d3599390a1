/**
 * Which entries of an outbox are claimed, and which may be next: for outboxes that one process has for itself.
 *
 * @since 2.0.0
 */
import type { OutboxEntry, Size } from "../Outbox.ts"

/** How many entries one claim looks at for each that it may take: a key under way may stand in the way of many. */
const LOOKAHEAD = 4

/**
 * What decides when an entry may be claimed: all that is kept of an entry whose body can be read again.
 *
 * @internal
 */
export type Place = Pick<OutboxEntry, "sequence" | "key" | "bytes">

/** Merges two lists that ascend, the second one from an index on: in one pass, however long they are. */
const merge = <P extends Place>(a: ReadonlyArray<P>, b: ReadonlyArray<P>, from: number): Array<P> => {
  const merged: Array<P> = []
  let j = from
  for (const entry of a) {
    for (let other = b[j]; other !== undefined && other.sequence < entry.sequence; other = b[j]) {
      merged.push(other)
      j += 1
    }
    merged.push(entry)
  }
  return merged.concat(b.slice(j))
}

/**
 * The claims on the entries of an outbox.
 *
 * @internal
 */
export class Claims<P extends Place> {
  /** How many entries of each key are claimed. */
  readonly #open = new Map<string, number>()
  /** Entries whose turn came while another of their key was claimed, in order. */
  readonly #behind = new Map<string, Array<P>>()
  /** Entries that were read already and may be claimed, in order: all of them are older than what is read next. */
  #ready: Array<P> = []
  /** The first of those that is still there. */
  #head = 0

  /**
   * Claims the oldest entries that may be.
   *
   * @param next - reads one entry more from the storage
   */
  take(limit: Size, next: () => P | undefined): ReadonlyArray<P> {
    const taken: Array<P> = []
    const opened = new Set<string>()
    let bytes = 0
    for (let looks = limit.count * LOOKAHEAD; looks > 0 && taken.length < limit.count; looks--) {
      let entry = this.#ready[this.#head]
      if (entry === undefined) {
        entry = next()
        if (entry === undefined) break
        this.#ready.push(entry)
      }
      const { key } = entry
      if (key !== undefined && this.#open.has(key) && !opened.has(key)) {
        this.#waitBehind(key, entry)
      } else {
        if (taken.length > 0 && bytes + entry.bytes > limit.bytes) break
        bytes += entry.bytes
        taken.push(entry)
        if (key !== undefined) {
          opened.add(key)
          this.#open.set(key, (this.#open.get(key) ?? 0) + 1)
        }
      }
      this.#head += 1
    }
    this.#trim()
    return taken
  }

  /** Ends the claim of entries that are gone for good. */
  settle(entries: ReadonlyArray<Place>): void {
    this.#admit(this.#end(entries))
  }

  /** Ends the claim of entries that are to be claimed again. */
  giveBack(entries: ReadonlyArray<P>): void {
    this.#admit([...entries, ...this.#end(entries)])
  }

  #waitBehind(key: string, entry: P): void {
    const behind = this.#behind.get(key)
    if (behind === undefined) this.#behind.set(key, [entry])
    else behind.push(entry)
  }

  /** Ends claims, and gives the entries that stood behind them, those of each key in order. */
  #end(entries: ReadonlyArray<Place>): ReadonlyArray<P> {
    const freed: Array<ReadonlyArray<P>> = []
    for (const { key } of entries) {
      if (key === undefined) continue
      const open = (this.#open.get(key) ?? 1) - 1
      if (open > 0) {
        this.#open.set(key, open)
        continue
      }
      this.#open.delete(key)
      const behind = this.#behind.get(key)
      if (behind === undefined) continue
      this.#behind.delete(key)
      freed.push(behind)
    }
    return freed.flat()
  }

  /** Makes entries ready that were not. */
  #admit(entries: ReadonlyArray<P>): void {
    if (entries.length === 0) return
    const ascending = entries.toSorted((a, b) => a.sequence - b.sequence)
    this.#ready = merge(ascending, this.#ready, this.#head)
    this.#head = 0
  }

  /** Lets go of the front now and then: cutting it off each time moves all that follows. */
  #trim(): void {
    if (this.#head * 2 < this.#ready.length) return
    this.#ready = this.#ready.slice(this.#head)
    this.#head = 0
  }
}
