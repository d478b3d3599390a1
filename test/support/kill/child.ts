/**
 * One life of a process that offers events to a buffer with a file: `child.ts PATH BASE_URL LIFE COUNT`. It writes a line
 * when it begins, the id of each event when it has been taken, and a last line when it has delivered everything.
 */
import { writeSync } from "node:fs"
import { OpenMeter } from "../../../src/index.ts"
import { FileOutbox } from "../../../src/node.ts"

const [path = "", baseUrl = "", life = "", count = "0"] = process.argv.slice(2)

const openmeter = new OpenMeter({ baseUrl })
const buffer = openmeter.events.buffer({ outbox: FileOutbox.layer({ path }), linger: 5, maxBatchCount: 100 })

// Whatever is written to a pipe this way has been written when the process is killed.
const tell = (line: string) => writeSync(1, `${line}\n`)

const offer = async (i: number) => {
  const { id } = await buffer.offer({ id: `${life}-${i}`, source: "kill", type: "prompt", subject: "customer-1" })
  tell(id)
}

tell("begin")
const offers: Array<Promise<void>> = []
for (let i = 0; i < Number(count); i++) {
  offers.push(offer(i))
  // Some come alone, some in a burst.
  if (i % 50 === 0) await offers.at(-1)
}
await Promise.all(offers)
await buffer.flush()
await openmeter.close()
tell("end")
