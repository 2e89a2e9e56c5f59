import type { Schemas } from '@/api'
import { describe, expect, it } from 'vitest'
import { confirmedRecord } from './record'

type Session = Schemas['SessionView']
const session = (phase: Session['phase'], text: string | null, answers: Schemas['RecordState'][]) =>
    ({ phase, record: text === null ? null : { text }, attendance: answers.map((record) => ({ record })) }) as Session

describe('the record that a draft may begin with', () => {
    it('is the newest that was confirmed', () => {
        const first = session('ended', '第一次', ['confirmed', 'confirmed'])
        expect(confirmedRecord([])).toBeNull()
        expect(confirmedRecord([first, session('planned', null, [])])).toBe('第一次')
        expect(confirmedRecord([first, session('record_confirmed', '第二次', ['confirmed', 'refused'])])).toBe('第二次')
    })

    it('is none that is still being read, or that nobody confirmed', () => {
        expect(confirmedRecord([session('in_progress', '还在读', ['confirmed', 'pending'])])).toBeNull()
        expect(confirmedRecord([session('ended', '没人认', ['refused', 'refused'])])).toBeNull()
    })
})
