import { t, type Key } from '@/i18n'

export interface Option {
    value: string
    label: string
}

/** One thing that a command asks for. */
export interface Field {
    name: string
    label: Key
    /** Names with titles stand one below the other: a closed list would cut them off on a phone. */
    kind: 'line' | 'text' | 'choice' | 'person' | 'several' | 'moment' | 'phone' | 'day'
    options?: Option[]
    isOptional?: boolean
    hint?: Key
}

export type Values = Record<string, string | string[]>

/** Options from a closed set in words. */
export function choices<Name extends string>(names: readonly Name[], word: (name: Name) => Key): Option[] {
    return names.map((value) => ({ value, label: t(word(value)) }))
}

export const line = (values: Values, name: string): string => (values[name] as string | undefined)?.trim() ?? ''
/** What was left empty is not sent. */
export const maybe = (values: Values, name: string): string | undefined => line(values, name) || undefined
export const list = (values: Values, name: string): string[] => (values[name] as string[] | undefined) ?? []

export function isComplete(fields: Field[], values: Values): boolean {
    return fields.every((field) => field.isOptional || (values[field.name]?.length ?? 0) > 0)
}

/** An hour chosen at the desk is an hour in China. */
export const inChina = (local: string): string => `${local}:00+08:00`

export const blank = (fields: Field[]): Values =>
    Object.fromEntries(fields.map((field) => [field.name, field.kind === 'several' ? [] : '']))
