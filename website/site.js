/**
 * The search of the site. What it looks through is loaded when it is first used.
 */
const root = document.documentElement.dataset.root
const input = document.querySelector(".search input")
const found = document.querySelector("#found")

/** @type {Promise<ReadonlyArray<readonly [title: string, kind: string, url: string, about: string]>> | undefined} */
let loading
const targets = () =>
  (loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = `${root}search.js`
    script.addEventListener("load", () => resolve(globalThis.searchTargets))
    script.addEventListener("error", reject)
    document.head.append(script)
  }))

/** How well a target fits, the lower the better; nothing if a word of the query is nowhere in it. */
const rank = (words, [title, kind, , about]) => {
  const name = title.toLowerCase()
  const all = `${name} ${kind} ${about}`.toLowerCase()
  if (!words.every((word) => all.includes(word))) return undefined
  const query = words.join(" ")
  if (name === query) return 0
  // The last part of a name is what one looks for: `close` of `OpenMeter.close`.
  if (name.split(".").at(-1) === query) return 1
  if (name.startsWith(query)) return 2
  return words.every((word) => name.includes(word)) ? 3 : 4
}

const entry = ([title, kind, url, about]) => {
  const link = document.createElement("a")
  link.href = root + url
  const name = document.createElement("b")
  name.textContent = title
  const what = document.createElement("small")
  what.textContent = ` ${kind}`
  const text = document.createElement("span")
  text.textContent = about
  link.append(name, what, text)
  const item = document.createElement("li")
  item.append(link)
  return item
}

const search = async () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return found.replaceChildren()
  const ranked = (await targets())
    .map((target) => ({ target, rank: rank(words, target) }))
    .filter((candidate) => candidate.rank !== undefined)
    .toSorted((a, b) => a.rank - b.rank || a.target[0].length - b.target[0].length)
    .slice(0, 30)
  const items = ranked.map(({ target }) => entry(target))
  if (items.length === 0) {
    const nothing = document.createElement("li")
    nothing.textContent = "Nothing found"
    items.push(nothing)
  }
  found.replaceChildren(...items)
}

const show = (isShown) => {
  found.hidden = !isShown || found.childElementCount === 0
}

input.addEventListener("input", () => search().then(() => show(true)))
input.addEventListener("focus", () => targets().then(() => show(true)))

document.addEventListener("click", ({ target }) => show(target.closest(".search") !== null))
document.addEventListener("keydown", (event) => {
  const isTyping = /^(?:INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "")
  if (event.key === "/" && !isTyping) {
    event.preventDefault()
    input.focus()
  } else if (event.key === "Escape") {
    input.blur()
    show(false)
  } else if (event.key === "Enter" && document.activeElement === input) {
    found.querySelector("a")?.click()
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !found.hidden) {
    const links = [...found.querySelectorAll("a")]
    const at = links.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1)
    event.preventDefault()
    ;(links[at] ?? input).focus()
  }
})

// On a phone the menu covers the page: a link within the same page has to fold it up.
for (const menu of document.querySelectorAll(".menu")) {
  menu.addEventListener("click", ({ target }) => {
    if (target.closest("a") !== null) menu.open = false
  })
}
