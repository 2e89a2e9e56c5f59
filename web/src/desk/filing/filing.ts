import type { Schemas } from '@/api'
import { choices, inChina, line, maybe, type Field, type Values } from '@/desk/commands/fields'
import zhWords from '@/desk/words/zh'
import words from '@/i18n/words.zh'

const names = <Name extends string>(set: Record<Name, string>) => Object.keys(set) as Name[]

export const about = (): Field[] => [
    {
        name: 'source',
        label: 'desk.filing.source',
        kind: 'choice',
        options: choices(names(zhWords.source), (one) => `desk.words.source.${one}`),
    },
    {
        name: 'category',
        label: 'desk.filing.category',
        kind: 'choice',
        options: choices(names(words.category), (one) => `words.category.${one}`),
    },
    { name: 'title', label: 'desk.filing.matter', kind: 'line' },
    { name: 'narrative', label: 'desk.filing.narrative', kind: 'text' },
    { name: 'claims', label: 'desk.filing.claims', kind: 'text', isOptional: true },
    {
        name: 'happened',
        label: 'desk.filing.happened',
        kind: 'moment',
        isOptional: true,
        hint: 'desk.commands.beijing',
    },
    { name: 'place', label: 'desk.filing.place', kind: 'line', isOptional: true },
]

const SIDES = ['applicant', 'respondent'] as const

/** One on each side; more are added in the file. */
export const person = (side: Schemas['Side']): Field[] => [
    { name: `${side}.name`, label: 'desk.commands.name', kind: 'line' },
    { name: `${side}.phone`, label: 'desk.commands.phone', kind: 'phone', isOptional: true },
    { name: `${side}.address`, label: 'desk.commands.address', kind: 'line', isOptional: true },
    { name: `${side}.born`, label: 'desk.commands.born', kind: 'day', isOptional: true },
    {
        name: `${side}.role`,
        label: 'desk.commands.policeRole',
        kind: 'choice',
        options: choices(names(zhWords.police), (one) => `desk.words.police.${one}`),
        isOptional: true,
    },
]

export function filing(values: Values): Schemas['FileDispute'] {
    const happened = maybe(values, 'happened')
    return {
        source: line(values, 'source') as Schemas['Source'],
        category: line(values, 'category') as Schemas['Category'],
        title: line(values, 'title'),
        narrative: line(values, 'narrative'),
        claims: line(values, 'claims')
            .split('\n')
            .map((one) => one.trim())
            .filter(Boolean),
        community_code: line(values, 'community'),
        happened_at: happened && inChina(happened),
        place: maybe(values, 'place'),
        parties: SIDES.map((side) => ({
            side,
            name: line(values, `${side}.name`),
            phone: maybe(values, `${side}.phone`),
            address: maybe(values, `${side}.address`),
            born_on: maybe(values, `${side}.born`),
            role: maybe(values, `${side}.role`) as Schemas['PublicSecurityRole'] | undefined,
        })),
    }
}
