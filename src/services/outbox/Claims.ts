/**
 * Which entries of an outbox are claimed, and which may be next: for outboxes that one process has for itself.
 *
 * @since 2.0.0
 */
import type { OutboxEntry, Size } from "../Outbox.ts"

/** How many entries one claim looks at for each that it may take: a key under way may stand in the way of many. */
const LOOKAHEAD = 4

/**
 * The claims on the entries of an outbox.
 *
 * @internal
 */
export class Claims {
  /** How many entries of each key are claimed. */
  readonly #open = new Map<string, number>()
  /** Entries whose turn came while another of their key was claimed, in order. */
  readonly #behind = new Map<string, Array<OutboxEntry>>()
  /** Entries that were read already and may be claimed, in order: all of them are older than what is read next. */
  #ready: Array<OutboxEntry> = []

  /**
   * Claims the oldest entries that may be.
   *
   * @param next - reads one entry more from the storage
   */
  take(limit: Size, next: () => OutboxEntry | undefined): ReadonlyArray<OutboxEntry> {
    const taken: Array<OutboxEntry> = []
    const opened = new Set<string>()
    let bytes = 0
    let used = 0
    for (let looks = limit.count * LOOKAHEAD; looks > 0 && taken.length < limit.count; looks--) {
      let entry = this.#ready[used]
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
      used += 1
    }
    this.#ready = used === this.#ready.length ? [] : this.#ready.slice(used)
    return taken
  }

  /** Ends the claim of entries that are gone for good. */
  settle(entries: ReadonlyArray<OutboxEntry>): void {
    this.#end(entries, [])
  }

  /** Ends the claim of entries that are to be claimed again. */
  giveBack(entries: ReadonlyArray<OutboxEntry>): void {
    this.#end(entries, entries)
  }

  #waitBehind(key: string, entry: OutboxEntry): void {
    const behind = this.#behind.get(key)
    if (behind === undefined) this.#behind.set(key, [entry])
    else behind.push(entry)
  }

  #end(entries: ReadonlyArray<OutboxEntry>, again: ReadonlyArray<OutboxEntry>): void {
    const freed = again.slice()
    for (const { key } of entries) {
      if (key === undefined) continue
      const open = (this.#open.get(key) ?? 1) - 1
      if (open > 0) {
        this.#open.set(key, open)
        continue
      }
      this.#open.delete(key)
      freed.push(...(this.#behind.get(key) ?? []))
      this.#behind.delete(key)
    }
    if (freed.length > 0) this.#ready = [...freed, ...this.#ready].sort((a, b) => a.sequence - b.sequence)
  }
}
