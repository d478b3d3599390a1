/**
 * SHA-256 and HMAC-SHA-256 as plain functions: handlers are synchronous, and Web Crypto is not.
 */

const primes = (count: number): ReadonlyArray<number> => {
  const found: Array<number> = []
  for (let candidate = 2; found.length < count; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate)
  }
  return found
}

const fractionBits = (value: number): number => ((value - Math.floor(value)) * 2 ** 32) | 0

const initial = primes(8).map((prime) => fractionBits(Math.sqrt(prime)))
const constants = primes(64).map((prime) => fractionBits(Math.cbrt(prime)))

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

const blockSize = 64

const pad = (message: Uint8Array): DataView => {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / blockSize) * blockSize)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(message.length / 2 ** 29))
  view.setUint32(padded.length - 4, message.length << 3)
  return view
}

const schedule = (view: DataView, block: number): Int32Array => {
  const words = new Int32Array(64)
  for (let i = 0; i < 16; i++) words[i] = view.getInt32(block + i * 4)
  for (let i = 16; i < 64; i++) {
    // Every index is within the 64 words.
    const [early, late] = [words[i - 15]!, words[i - 2]!]
    const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
    const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
    words[i] = words[i - 16]! + s0 + words[i - 7]! + s1
  }
  return words
}

/** The SHA-256 digest of a message. */
export const sha256 = (message: Uint8Array): Uint8Array => {
  const view = pad(message)
  const state = Int32Array.from(initial)
  for (let block = 0; block < view.byteLength; block += blockSize) {
    const words = schedule(view, block)
    // A typed array does not tell its length.
    let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
    for (let i = 0; i < 64; i++) {
      const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + constants[i]! + words[i]!) | 0
      const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
    }
    for (const [i, word] of [a, b, c, d, e, f, g, h].entries()) state[i] = state[i]! + word
  }
  const digest = new DataView(new ArrayBuffer(32))
  for (const [i, word] of state.entries()) digest.setInt32(i * 4, word)
  return new Uint8Array(digest.buffer)
}

const join = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const joined = new Uint8Array(a.length + b.length)
  joined.set(a)
  joined.set(b, a.length)
  return joined
}

/** The HMAC-SHA-256 of a message under a key of at most 64 bytes. */
export const hmac = (key: Uint8Array, message: Uint8Array): Uint8Array => {
  const block = (mask: number): Uint8Array => Uint8Array.from({ length: blockSize }, (_, i) => (key[i] ?? 0) ^ mask)
  return sha256(join(block(0x5c), sha256(join(block(0x36), message))))
}
