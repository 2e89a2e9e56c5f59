import { describe, expect, it } from 'vitest'
import { comebackOf, waitBefore } from './comeback'
import { Pace } from './pace'

describe('coming back', () => {
    it('follows the code with which the server closed', () => {
        expect([1001, 1006, 1011, 1012, 4408, 4429].map(comebackOf)).toEqual(Array(6).fill('soon'))
        expect([1008, 1009].map(comebackOf)).toEqual(['mended', 'mended'])
        expect([4401, 4409].map(comebackOf)).toEqual(['sign_in', 'asked'])
    })

    it('takes longer each time, is never at once with everybody, and heeds what was told', () => {
        expect(waitBefore(0, null, 0)).toBe(350)
        expect(waitBefore(0, null, 1)).toBe(700)
        expect(waitBefore(50, null, 1)).toBe(30_000)
        expect(waitBefore(0, 4_000, 0)).toBe(4_000)
        expect(waitBefore(0, 4_000, 1)).toBe(5_000)
    })
})

describe('the pace', () => {
    it('lets so many through at once and so many a second', () => {
        const pace = new Pace(3, 2, 0)
        expect([0, 0, 0].map((now) => pace.take(now))).toEqual([0, 0, 0])
        expect(pace.take(0)).toBe(500)
        expect(pace.take(500)).toBe(0)
        expect(pace.take(600)).toBeGreaterThan(0)
    })
})
