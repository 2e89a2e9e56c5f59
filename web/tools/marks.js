// Gives Chinese texts the marks of Chinese print, which many keyboards do not: `npm run format` does it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'

const MARKS = { ',': '\uff0c', ':': '\uff1a', ';': '\uff1b', '?': '\uff1f', '!': '\uff01' }
const BEFORE = '[\u4e00-\u9fff\u201d\uff09}%]'

export function typeset(text) {
    return text
        .replace(new RegExp(`(?<=${BEFORE})[,:;?!]`, 'g'), (mark) => MARKS[mark])
        .replace(/\((?=[\u4e00-\u9fff{])/g, '\uff08')
        .replace(/(?<=[\u4e00-\u9fff}])\)/g, '\uff09')
}

/** In every quoted text that has Chinese in it; code between them stays as it is. */
function inStrings(source) {
    return source.replace(/'[^'\n]*'/g, (text) => (/[\u4e00-\u9fff]|^'\{/.test(text) ? typeset(text) : text))
}

const here = (path) => new URL(`../${path}`, import.meta.url)
const texts = ['src', 'e2e']
    .flatMap((folder) => readdirSync(here(folder), { recursive: true }).map((path) => `${folder}/${path}`))
    .filter((path) => /^(src\/.*\bzh\.ts|src\/ui\/.*\.test\.ts|e2e\/.*\.ts)$/.test(path))
for (const path of texts) {
    const before = readFileSync(here(path), 'utf8')
    const after = inStrings(before)
    if (after !== before) writeFileSync(here(path), after)
}
