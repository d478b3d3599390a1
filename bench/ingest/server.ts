/**
 * A server in a thread of its own: it has what a real one has for those who ingest, and counts what came.
 *
 * Imported, it starts a thread; in that thread it serves.
 */
import { once } from "node:events"
import { createServer, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"

/** What the server does with batches. */
export interface Behaviour {
  /** How long an answer takes, in milliseconds. */
  readonly latency?: number
  /** For how long after the first request the server answers 503, in milliseconds. */
  readonly unavailable?: number
  /** Never answers. */
  readonly hangs?: boolean
  /** Answers batches of more events 413. */
  readonly maxCount?: number
  /** Answers batches 400 in which there is an event whose id ends so. */
  readonly poison?: string
  /** How many batches are stored whose connection breaks before the answer. */
  readonly lostAnswers?: number
}

/** What came to the server. */
export interface Seen {
  readonly requests: number
  /** How often each id was stored, before the server would drop the second. */
  readonly stored: ReadonlyMap<string, number>
}

/** A server that runs. */
export interface Server {
  readonly url: string
  /** What came so far. */
  readonly seen: () => Promise<Seen>
  readonly stop: () => Promise<unknown>
}

/** Starts a server. */
export const start = async (behaviour: Behaviour): Promise<Server> => {
  const worker = new Worker(new URL(import.meta.url), { workerData: behaviour })
  const [port] = await once(worker, "message")
  const seen = async () => {
    worker.postMessage("seen")
    const [message] = await once(worker, "message")
    return message as Seen
  }
  return { url: `http://127.0.0.1:${String(port)}`, seen, stop: () => worker.terminate() }
}

interface Stored {
  readonly id: string
}

const serve = async ({ hangs, latency = 0, lostAnswers = 0, maxCount, poison, unavailable = 0 }: Behaviour) => {
  let requests = 0
  let first: number | undefined
  let lost = 0
  const stored = new Map<string, number>()

  const answer = (response: ServerResponse, status: number) => {
    const body = status < 300 ? "" : JSON.stringify({ title: "Refused", status, detail: "by the bench" })
    setTimeout(() => {
      if (!response.destroyed) response.writeHead(status, { "content-type": "application/problem+json" }).end(body)
    }, latency)
  }

  const take = (response: ServerResponse, body: string) => {
    requests += 1
    first ??= performance.now()
    if (hangs === true) return
    if (performance.now() - first < unavailable) return answer(response, 503)
    const parsed = JSON.parse(body) as Stored | ReadonlyArray<Stored>
    const events: ReadonlyArray<Stored> = Array.isArray(parsed) ? parsed : [parsed]
    if (maxCount !== undefined && events.length > maxCount) return answer(response, 413)
    if (poison !== undefined && events.some(({ id }) => id.endsWith(poison))) return answer(response, 400)
    for (const { id } of events) stored.set(id, (stored.get(id) ?? 0) + 1)
    if (lost >= lostAnswers) return answer(response, 204)
    lost += 1
    response.destroy()
  }

  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on("data", (chunk: Buffer) => chunks.push(chunk))
    request.on("end", () => take(response, Buffer.concat(chunks).toString()))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  parentPort?.on("message", () => parentPort?.postMessage({ requests, stored } satisfies Seen))
  parentPort?.postMessage((server.address() as AddressInfo).port)
}

if (!isMainThread) await serve(workerData as Behaviour)
