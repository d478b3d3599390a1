import { connected } from "./client.ts"
import { equal } from "./expect.ts"
import type { Part } from "./Suite.ts"

/** Lists: awaited, iterated over several pages, left early. */
export const paging: Part = ({ baseUrl }) =>
  connected({ baseUrl }, async ({ events }) => {
    const subjects = ["a", "b", "c", "d", "e"]
    await events.ingest(subjects.map((subject) => ({ id: subject, type: "page", subject })))
    const pages = () => events.listV2({ filter: { type: { $eq: "page" } }, limit: 2 })

    const first = await pages()
    equal("items of a page", first.items.length, 2)

    const seen: Array<string> = []
    for await (const { event } of pages()) seen.push(event.subject)
    equal("items of all pages", seen.sort(), subjects)

    let count = 0
    for await (const _ of pages()) if ((count += 1) === 3) break
    equal("items until the break", count, 3)
  })
