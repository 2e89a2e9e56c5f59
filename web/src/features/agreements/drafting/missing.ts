import { t, type Key } from '@/i18n'
import { FACTS } from './form'
import zh from './zh'

const isLack = (name: string): name is keyof typeof zh.lack => name in zh.lack
const isFact = (name: string): name is (typeof FACTS)[number] => FACTS.some((one) => one === name)

/** What is missing at a path of the draft, in words. */
export function missingText(path: string): string {
    const clause = /^clauses\[(\d+)\]\.(?:time_limit\.)?(\w+)$/.exec(path)
    if (clause) return t('drafting.clauseLacks', { number: Number(clause[1]) + 1, what: lack(clause[2] ?? '') })
    return lack(path.replace(/^public_security\./, '').replace(/\[.*/, ''))
}

function lack(name: string): string {
    const key: Key = isFact(name) ? `drafting.fact.${name}` : `drafting.lack.${isLack(name) ? name : 'other'}`
    return t(key)
}
