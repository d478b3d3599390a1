/**
 * Lives of a process that is killed again and again while it offers events, and what came of the events.
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { createInterface } from "node:readline"

/** What came of the events of all lives. */
export interface Report {
  /** The ids of the events that were taken before a process was killed. */
  readonly taken: ReadonlySet<string>
  /** How often each id came to the server. */
  readonly received: ReadonlyMap<string, number>
}

/** A server that takes its time, now and then, and keeps count of the ids that came. */
const listen = async (random: () => number) => {
  const received = new Map<string, number>()
  const answer = (response: ServerResponse, body: string) => {
    for (const { id } of JSON.parse(body) as ReadonlyArray<{ readonly id: string }>) {
      received.set(id, (received.get(id) ?? 0) + 1)
    }
    setTimeout(() => response.writeHead(204).end(), random() * 20)
  }
  const server = createServer((request, response) => {
    let body = ""
    request.setEncoding("utf8")
    request.on("data", (text: string) => (body += text))
    // What was cut off with its process has not come.
    request.on("end", () => answer(response, body))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  return { received, server, url: `http://127.0.0.1:${port}` }
}

/** A generator of numbers from 0 to 1 that gives the same ones for the same seed. */
const seeded = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32
  return seed / 2 ** 32
}

/**
 * Lets a process offer events to one outbox, and kills it at a random instant in the midst of that, as often as asked
 * for. In the last life nobody is killed, and nothing is offered: what was left is delivered.
 *
 * @param child - the program, with what it needs to know before the address of the server
 * @param options - how often to kill, and how many events each life has to offer
 */
export const live = async (
  child: readonly [program: string, ...args: ReadonlyArray<string>],
  options: { readonly kills: number; readonly offers: number; readonly seed: number }
): Promise<Report> => {
  const random = seeded(options.seed)
  const { received, server, url } = await listen(random)
  const taken = new Set<string>()

  /** Tells whether the life was cut short. */
  const run = async (life: number, offers: number, killAfter: number): Promise<boolean> => {
    const args = [...child, url, String(life), String(offers)]
    const process_ = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
    const exit = once(process_, "exit")
    let lines = 0
    for await (const line of createInterface(process_.stdout)) {
      if (line !== "begin" && line !== "end") taken.add(line)
      // After so many offers, however fast the machine is; and then at no particular instant.
      if (lines++ === killAfter) setTimeout(() => process_.kill("SIGKILL"), random() * 5)
    }
    const [code, signal] = await exit
    if (signal !== "SIGKILL" && code !== 0) throw new Error(`life ${life} ended with ${String(code ?? signal)}`)
    return signal === "SIGKILL"
  }

  let life = 0
  for (let killed = 0; killed < options.kills; life++) {
    // One that came to its end before it could be killed does not count.
    if (await run(life, options.offers, Math.floor(random() * options.offers))) killed += 1
  }
  await run(life, 0, Infinity)
  server.close()
  server.closeAllConnections()
  return { taken, received }
}
