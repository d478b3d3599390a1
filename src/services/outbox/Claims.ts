/**
 * Claims on the entries of an outbox, for outboxes that one process has to itself.
 *
 * @since 2.0.0
 */
import type { OutboxEntry, Size } from "../Outbox.ts"

/** Number of entries that a claim examines per entry it may take: a key in flight may block many entries. */
const LOOKAHEAD = 4

/**
 * The part of an entry that decides when it may be claimed. Nothing else is kept in memory of an entry whose body can
 * be read again.
 *
 * @internal
 */
export type Place = Pick<OutboxEntry, "sequence" | "key" | "bytes">

/** Merges two ascending lists in one pass, the second one from an index on. */
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
 * Claims on the entries of an outbox.
 *
 * @internal
 */
export class Claims<P extends Place> {
  /** Number of claimed entries per key. */
  readonly #open = new Map<string, number>()
  /** Entries that are blocked by a claimed entry with the same key, in order. */
  readonly #behind = new Map<string, Array<P>>()
  /** Entries that have been read and may be claimed, in order. All of them are older than the next one to be read. */
  #ready: Array<P> = []
  /** Index of the first remaining one of those. */
  #head = 0

  /**
   * Claims the oldest entries that may be claimed.
   *
   * @param next - reads one more entry from the storage
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

  /** Ends the claims of entries that have been removed. */
  settle(entries: ReadonlyArray<Place>): void {
    this.#admit(this.#end(entries))
  }

  /** Ends the claims of entries that can be claimed again. */
  giveBack(entries: ReadonlyArray<P>): void {
    this.#admit([...entries, ...this.#end(entries)])
  }

  #waitBehind(key: string, entry: P): void {
    const behind = this.#behind.get(key)
    if (behind === undefined) this.#behind.set(key, [entry])
    else behind.push(entry)
  }

  /** Ends claims, and returns the entries that they blocked, in order within each key. */
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

  /** Makes entries available for claims. */
  #admit(entries: ReadonlyArray<P>): void {
    if (entries.length === 0) return
    const ascending = entries.toSorted((a, b) => a.sequence - b.sequence)
    this.#ready = merge(ascending, this.#ready, this.#head)
    this.#head = 0
  }

  /** Trims the front only occasionally, because each time moves all remaining elements. */
  #trim(): void {
    if (this.#head * 2 < this.#ready.length) return
    this.#ready = this.#ready.slice(this.#head)
    this.#head = 0
  }
}
