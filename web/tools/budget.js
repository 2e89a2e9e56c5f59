// What each entry loads before its first screen, over the wire; fails above what a slow line bears.
import { readFileSync, readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const LIMITS = { 'index.html': 250, 'i.html': 100, 'desk.html': 400 }
// The first screen of an entry that has a router is a chunk of its own.
const FIRST_SCREENS = { 'index.html': /^SignInPage-/, 'desk.html': /^desk-DisputesPage-/ }

const read = (path) => readFileSync(new URL(path, dist))
const size = (path) => gzipSync(read(path)).length

/** Everything that a file imports at once, and what that imports. */
function closure(path, found = new Set()) {
    if (found.has(path)) return found
    found.add(path)
    if (!path.endsWith('.js')) return found
    const text = read(path).toString()
    for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
        closure(`assets/${name}`, found)
    return found
}

let failed = false
for (const [page, limit] of Object.entries(LIMITS)) {
    const files = new Set([page])
    for (const [, path] of read(page)
        .toString()
        .matchAll(/(?:src|href)="\/(assets\/[^"]+\.(?:js|css))"/g))
        closure(path, files)
    const first = FIRST_SCREENS[page]
    if (first)
        for (const name of readdirSync(new URL('assets/', dist))) if (first.test(name)) closure(`assets/${name}`, files)
    const total = [...files].reduce((sum, path) => sum + size(path), 0) / 1000
    console.log(`${page.padEnd(12)} ${total.toFixed(1).padStart(7)} kB of ${limit} kB gzip, ${files.size} files`)
    if (process.argv.includes('--files'))
        for (const path of files) console.log(`    ${(size(path) / 1000).toFixed(1).padStart(6)} ${path}`)
    if (total > limit) failed = true
}
process.exitCode = failed ? 1 : 0
