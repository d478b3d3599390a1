/**
 * A certificate that nobody vouches for: X.509 v1 over a fresh key, signed by itself.
 */
import { generateKeyPairSync, sign } from "node:crypto"

const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length])
  const digits = Buffer.from(length.toString(16).padStart(length > 0xff ? 4 : 2, "0"), "hex")
  return Buffer.concat([Buffer.from([0x80 | digits.length]), digits])
}

const element = (tag: number, ...content: ReadonlyArray<Uint8Array>): Buffer => {
  const value = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOf(value.length), value])
}

const sequence = (...content: ReadonlyArray<Uint8Array>) => element(0x30, ...content)
const hex = (text: string) => Buffer.from(text, "hex")
const pem = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString("base64")}\n-----END CERTIFICATE-----\n`

const ecdsaWithSha256 = sequence(element(0x06, hex("2a8648ce3d040302")))
const commonName = element(0x06, hex("550403"))

/** Makes the key and the certificate of a server that calls itself `localhost`. */
export const selfSigned = (): { readonly key: string; readonly cert: string } => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const name = sequence(element(0x31, sequence(commonName, element(0x0c, Buffer.from("localhost")))))
  const validity = sequence(
    element(0x18, Buffer.from("20200101000000Z")),
    element(0x18, Buffer.from("20991231235959Z"))
  )
  const serialNumber = element(0x02, hex("01"))
  const subjectKey = publicKey.export({ type: "spki", format: "der" })
  const content = sequence(serialNumber, ecdsaWithSha256, name, validity, name, subjectKey)
  const signature = element(0x03, hex("00"), sign("sha256", content, privateKey))
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    cert: pem(sequence(content, ecdsaWithSha256, signature))
  }
}
