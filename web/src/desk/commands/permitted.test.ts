import type { Schemas } from '@/api'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { KINDS, RULES, isInTime } from './permitted'

const text = readFileSync(new URL('../../../../docs/LIFECYCLE.md', import.meta.url), 'utf8')
const HERE = [
    'mediator',
    'co_mediator',
    'invited_lawyer',
    'filer',
    'owner',
    'station_officer',
    'station_leader',
    'director',
]

/** A table of the document: what stands in a row below a heading. */
function table(heading: string): Map<string, Map<string, string>> {
    const lines = text
        .slice(text.indexOf(heading))
        .split('\n')
        .filter((line) => line.startsWith('|'))
    const cells = (line: string) => line.split(' | ').map((cell) => cell.replace(/[|`]/g, '').trim())
    const [, ...heads] = cells(lines[0] ?? '')
    const end = lines.findIndex((line, at) => at > 0 && line.startsWith('| command'))
    return new Map(
        lines.slice(2, end < 0 ? undefined : end).map((line) => {
            const [name = '', ...rest] = cells(line)
            return [name, new Map(heads.map((head, at) => [head, rest[at] ?? '']))]
        }),
    )
}

describe('what is offered at the desk', () => {
    it('is offered to those who may, by docs/LIFECYCLE.md', () => {
        const who = table('## Who may')
        for (const kind of KINDS) {
            const may = HERE.filter((part) => who.get(kind)?.get(part) === '●')
            expect([kind, [...RULES[kind].parts].sort()]).toEqual([kind, may.sort()])
        }
    })

    it.each([
        ['people_mediation', "## What follows: people's mediation"],
        ['public_security', '## What follows: 治安调解'],
    ] as const)('is offered while it leads somewhere: %s', (track, heading) => {
        const follows = table(heading)
        expect(follows.size).toBeGreaterThan(KINDS.length)
        for (const kind of KINDS)
            for (const [status, cell] of follows.get(kind) ?? []) {
                const leads = /^[→✓]/.test(cell)
                expect([kind, status, isInTime(kind, status as Schemas['Status'], track)]).toEqual([
                    kind,
                    status,
                    leads,
                ])
            }
    })
})
