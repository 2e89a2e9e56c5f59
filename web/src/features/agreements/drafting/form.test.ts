import type { Schemas } from '@/api'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { draftOf, emptyForm, fenOf, formOf, newClause, saysTheSame, wrongIn } from './form'

const text = fc.string({ minLength: 1, maxLength: 20 }).map((s) => `x${s.trim()}`)
const party = fc.constantFrom('pty_1', 'pty_2')
const limit = fc.oneof(
    fc.constantFrom<Schemas['TimeLimit']>(
        { kind: 'at_once' },
        { kind: 'standing' },
        { kind: 'by', date: '2027-01-31' },
    ),
)
const clause = fc.record({
    topic: fc.constantFrom<Schemas['ClauseTopic']>('apology', 'compensation', 'other'),
    act: text,
    obligor: fc.option(party),
    beneficiary: fc.option(party),
    amount: fc.option(fc.integer({ min: 1, max: 10_000_000_000_000 - 1 })),
    mode: fc.option(fc.constantFrom<Schemas['PerformanceMode']>('cash', 'act')),
    time_limit: fc.option(limit),
})
const draft = fc.record({
    form: fc.constantFrom<Schemas['AgreementForm']>('written', 'oral', 'recorded'),
    main_facts: fc.option(text),
    issues: fc.option(text),
    responsibilities: fc.uniqueArray(fc.record({ party, text }), { selector: (one) => one.party }),
    clauses: fc.array(clause, { maxLength: 4 }),
    personal_status: fc.option(fc.constantFrom<Schemas['PersonalStatus'][]>([], ['marriage'])),
    writing_asked: fc.boolean(),
    major_or_complex: fc.boolean(),
    public_security: fc.option(
        fc.record({
            organ: text,
            host: fc.option(text),
            place: fc.option(text),
            cause: fc.option(text),
            course: fc.option(text),
            circumstances: fc.option(text),
            result: fc.option(text),
            occurred_at: fc.constantFrom(null, '2026-11-06T14:05:00.000Z'),
            others_present: fc.option(fc.constantFrom<string[]>([], ['xA'], ['xA', 'xB'])),
        }),
    ),
})

describe('the form of a draft', () => {
    it('says what was read, when nothing is typed', () => {
        fc.assert(fc.property(draft, (read) => void expect(draftOf(formOf(read))).toEqual(read)))
    })

    it('is the same only as long as nothing is typed', () => {
        fc.assert(fc.property(draft, (read) => saysTheSame(formOf(read), formOf(read))))
        const typed = { ...emptyForm(), clauses: [{ ...newClause(), yuan: '12..' }] }
        expect(saysTheSame(typed, { ...emptyForm(), clauses: [newClause()] })).toBe(false)
    })

    it('takes sums as people write them', () => {
        expect(['500', '1,200.5', '0.01', ' 3000 '].map(fenOf)).toEqual([50_000, 120_050, 1, 300_000])
        expect(['', '0', '12.345', '-5', 'abc', '1.'].map(fenOf)).toEqual([null, null, null, null, null, null])
    })

    it('names what cannot be kept', () => {
        const clauses = [
            { ...newClause(), act: '退钱', yuan: '12' },
            { ...newClause(), yuan: '十二' },
        ]
        expect(wrongIn({ ...emptyForm(), clauses })).toEqual(['clauses[1].act', 'clauses[1].amount'])
    })
})
