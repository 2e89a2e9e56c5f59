import { describe, expect, it } from 'vitest'
import { daysAhead } from './days'

describe('the days ahead', () => {
    it('are those of China, wherever and whenever the phone is', () => {
        const lateInLondon = new Date('2026-11-09T17:30:00Z')
        const days = daysAhead(lateInLondon, 'zh')
        expect(days[0]).toEqual({ date: '2026-11-11', name: '11月11日星期三' })
        expect(days.at(-1)?.date).toBe('2026-11-17')
        expect(daysAhead(new Date('2026-11-09T15:59:00Z'), 'en')[0]).toEqual({
            date: '2026-11-10',
            name: 'Tuesday 10 November',
        })
    })
})
