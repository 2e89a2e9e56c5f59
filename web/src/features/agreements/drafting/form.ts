import type { Schemas } from '@/api'
import { randomId } from '@/device/random'

type Draft = Schemas['AgreementDraft']
type Clause = Schemas['ClauseDraft']
type Facts = Schemas['PublicSecurityFacts']

/** A clause as it is being typed: every box holds text, an empty one nothing. */
export interface ClauseForm {
    key: string
    topic: Schemas['ClauseTopic']
    act: string
    obligor: string
    beneficiary: string
    yuan: string
    mode: Schemas['PerformanceMode'] | ''
    limit: 'at_once' | 'by' | 'standing' | ''
    date: string
}

export interface DraftForm {
    form: Schemas['AgreementForm']
    main_facts: string
    issues: string
    responsibilities: Record<string, string>
    clauses: ClauseForm[]
    personal_status: Schemas['PersonalStatus'][] | null
    writing_asked: boolean
    major_or_complex: boolean
    facts: Record<FactName, string>
    /** Day and hour in China, as `2026-11-06T22:30`. */
    occurred: string
    /** One to a line; `nobody` says that there was nobody else. */
    others: string
    nobody: boolean
}

export const FACTS = ['organ', 'host', 'place', 'cause', 'course', 'circumstances', 'result'] as const
export type FactName = (typeof FACTS)[number]

const AMOUNT = /^\d{1,11}(\.\d{1,2})?$/
const plain = (yuan: string) => yuan.trim().replace(/[,\uff0c\s]/g, '')

/** Whole fen, or null for what is no sum. */
export function fenOf(yuan: string): number | null {
    const [, cents = ''] = plain(yuan).split('.')
    if (!AMOUNT.test(plain(yuan))) return null
    const fen = Number.parseInt(plain(yuan), 10) * 100 + Number(cents.padEnd(2, '0'))
    return fen > 0 ? fen : null
}

const yuanOf = (fen: number) => (fen % 100 === 0 ? String(fen / 100) : (fen / 100).toFixed(2))
const orNull = (text: string) => (text.trim() === '' ? null : text.trim())

export const newClause = (): ClauseForm => ({
    key: randomId(),
    topic: 'compensation',
    act: '',
    obligor: '',
    beneficiary: '',
    yuan: '',
    mode: '',
    limit: '',
    date: '',
})

const noFacts = () => Object.fromEntries(FACTS.map((name) => [name, ''])) as Record<FactName, string>

export const emptyForm = (): DraftForm => ({
    form: 'written',
    main_facts: '',
    issues: '',
    responsibilities: {},
    clauses: [],
    personal_status: null,
    writing_asked: false,
    major_or_complex: false,
    facts: noFacts(),
    occurred: '',
    others: '',
    nobody: false,
})

const CHINA_MS = 8 * 3_600_000
const inChina = (iso: string | null | undefined) =>
    iso ? new Date(Date.parse(iso) + CHINA_MS).toISOString().slice(0, 16) : ''

function isoOf(inChina: string): string | null {
    const at = new Date(`${inChina}:00+08:00`)
    return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

function clauseForm(clause: Clause): ClauseForm {
    const limit = clause.time_limit
    return {
        key: randomId(),
        topic: clause.topic,
        act: clause.act,
        obligor: clause.obligor ?? '',
        beneficiary: clause.beneficiary ?? '',
        yuan: clause.amount ? yuanOf(clause.amount) : '',
        mode: clause.mode ?? '',
        limit: limit?.kind ?? '',
        date: limit?.kind === 'by' ? limit.date : '',
    }
}

export function formOf(draft: Draft): DraftForm {
    const { public_security: told } = draft
    const form = emptyForm()
    return {
        ...form,
        form: draft.form,
        main_facts: draft.main_facts ?? '',
        issues: draft.issues ?? '',
        responsibilities: Object.fromEntries((draft.responsibilities ?? []).map((one) => [one.party, one.text])),
        clauses: (draft.clauses ?? []).map(clauseForm),
        personal_status: draft.personal_status ?? null,
        writing_asked: draft.writing_asked ?? false,
        major_or_complex: draft.major_or_complex ?? false,
        facts: Object.fromEntries(FACTS.map((name) => [name, told?.[name] ?? ''])) as Record<FactName, string>,
        occurred: inChina(told?.occurred_at),
        others: told?.others_present?.join('\n') ?? '',
        nobody: told?.others_present?.length === 0,
    }
}

function timeLimit({ limit, date }: ClauseForm): Schemas['TimeLimit'] | null {
    if (limit === 'by') return date === '' ? null : { kind: 'by', date }
    return limit === '' ? null : { kind: limit }
}

const clauseOf = (form: ClauseForm): Clause => ({
    topic: form.topic,
    act: form.act.trim(),
    obligor: form.obligor || null,
    beneficiary: form.beneficiary || null,
    amount: fenOf(form.yuan),
    mode: form.mode || null,
    time_limit: timeLimit(form),
})

function factsOf({ facts, occurred, others, nobody }: DraftForm): Facts | null {
    const names = others.split('\n').map((name) => name.trim())
    const present = nobody ? [] : names.filter((name) => name !== '')
    const told = Object.fromEntries(FACTS.map((name) => [name, orNull(facts[name])])) as Partial<Facts>
    const all = {
        ...told,
        occurred_at: isoOf(occurred),
        others_present: nobody || present.length > 0 ? present : null,
    }
    return Object.values(all).every((value) => value === null) ? null : all
}

/** What is sent: all that was typed, and null where a box is empty. */
export const draftOf = (form: DraftForm): Draft => ({
    form: form.form,
    main_facts: orNull(form.main_facts),
    issues: orNull(form.issues),
    responsibilities: Object.entries(form.responsibilities)
        .filter(([, text]) => text.trim() !== '')
        .map(([party, text]) => ({ party, text: text.trim() })),
    clauses: form.clauses.map(clauseOf),
    personal_status: form.personal_status,
    writing_asked: form.writing_asked,
    major_or_complex: form.major_or_complex,
    public_security: factsOf(form),
})

/** Whether two forms say the same, whatever they are called inside. */
export const saysTheSame = (one: DraftForm, other: DraftForm) =>
    JSON.stringify([draftOf(one), one.clauses.map(({ yuan }) => plain(yuan))]) ===
    JSON.stringify([draftOf(other), other.clauses.map(({ yuan }) => plain(yuan))])

/** What cannot even be kept as a draft, by its path. */
export function wrongIn(form: DraftForm): string[] {
    return form.clauses.flatMap((clause, at) => [
        ...(clause.act.trim() === '' ? [`clauses[${at}].act`] : []),
        ...(clause.yuan.trim() !== '' && fenOf(clause.yuan) === null ? [`clauses[${at}].amount`] : []),
    ])
}

/** The id of the box in which something of that path is typed. */
export const idOf = (path: string) => `at-${path.replace(/[[\].]+/g, '-')}`
