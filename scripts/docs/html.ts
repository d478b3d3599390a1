/**
 * Text as HTML.
 */

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" }

/** A text with nothing in it that HTML would read as its own. */
export const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character]!)

/** The words of a piece of HTML. */
export const words = (html: string): string =>
  html
    .replace(/<[^>]*>/g, " ")
    .replace(
      /&(?:amp|lt|gt|quot|#39);/g,
      (entity) => ({ "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' })[entity] ?? "'"
    )
    .replace(/\s+/g, " ")
    .trim()

/** The name of a heading in the address of a page, as GitHub makes it. */
export const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-")

/** The address of one page of the site as seen from another, both from the root of the site. */
export const relativeUrl = (from: string, to: string): string => {
  const depth = from.split("/").length - 1
  return "../".repeat(depth) + to
}
