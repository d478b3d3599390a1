/**
 * SHA-256 as a synchronous function: Web Crypto is asynchronous.
 *
 * @since 2.0.0
 */

const primes: ReadonlyArray<number> = (() => {
  const found: Array<number> = []
  for (let candidate = 2; found.length < 64; candidate++) {
    if (found.every((prime) => candidate % prime !== 0)) found.push(candidate)
  }
  return found
})()

/** The first 32 bits of the fraction. */
const fraction = (value: number): number => (value % 1) * 2 ** 32

const initial = Uint32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))
const constants = Uint32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))

const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

/** Pads the message with a one bit, zeros and its length in bits, to a multiple of 64 bytes. */
const pad = (message: Uint8Array): DataView => {
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(padded.length - 8, BigInt(message.length) * 8n)
  return view
}

/** Mixes one block of 64 bytes into the state. Every index is within its array. */
const compress = (state: Uint32Array, blocks: DataView, offset: number, words: Uint32Array): void => {
  for (let i = 0; i < 16; i++) words[i] = blocks.getUint32(offset + i * 4)
  for (let i = 16; i < 64; i++) {
    const [first, last] = [words[i - 15]!, words[i - 2]!]
    const sigma0 = rotate(first, 7) ^ rotate(first, 18) ^ (first >>> 3)
    const sigma1 = rotate(last, 17) ^ rotate(last, 19) ^ (last >>> 10)
    words[i] = words[i - 16]! + sigma0 + words[i - 7]! + sigma1
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const first = h + sum1 + choice + constants[i]! + words[i]!
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + sum0 + majority) | 0]
  }
  ;[a, b, c, d, e, f, g, h].forEach((word, i) => {
    state[i]! += word
  })
}

/**
 * Returns the SHA-256 digest of a message: 32 bytes.
 *
 * @internal
 */
export const sha256 = (message: Uint8Array): Uint8Array => {
  const state = initial.slice()
  const words = new Uint32Array(64)
  const blocks = pad(message)
  for (let offset = 0; offset < blocks.byteLength; offset += 64) compress(state, blocks, offset, words)
  const digest = new DataView(new ArrayBuffer(32))
  state.forEach((word, i) => digest.setUint32(i * 4, word))
  return new Uint8Array(digest.buffer)
}
