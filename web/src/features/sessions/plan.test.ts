import { describe, expect, it } from 'vitest'
import { chinaTime, laterBy, soonest } from './plan'

describe('a session', () => {
    it('is at the hour of China that was typed', () => {
        expect(chinaTime('2026-11-06', '22:30')).toBe('2026-11-06T14:30:00.000Z')
        expect(chinaTime('2026-11-06', '')).toBeNull()
        expect(laterBy('2026-11-06T14:30:00.000Z', 90)).toBe('2026-11-06T16:00:00.000Z')
    })

    it('right now begins with a full minute that has not come when the service hears of it', () => {
        const at = (time: string) => soonest(Date.parse(`2026-11-06T14:${time}Z`))
        expect(at('30:10')).toBe('2026-11-06T14:31:00.000Z')
        expect(at('30:55')).toBe('2026-11-06T14:32:00.000Z')
    })
})
