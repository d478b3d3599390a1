/**
 * A process that ends with an event in its buffer, or closes the buffer first: `leaver.ts close`, `leaver.ts leave`.
 */
import { OpenMeter } from "../../../src/index.ts"

const fetch = () => Promise.resolve(new Response(null, { status: 204 }))
const openmeter = new OpenMeter({ baseUrl: "http://openmeter.test", fetch })
const buffer = openmeter.events.buffer({ linger: "1 hour" })
await buffer.offer({ type: "prompt", subject: "customer-1" })
if (process.argv[2] === "close") await buffer.close()
process.exit(0)
