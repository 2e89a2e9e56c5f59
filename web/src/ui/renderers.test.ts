import { language } from '@/i18n/language'
import { afterEach, describe, expect, it } from 'vitest'
import { law } from './law'
import { yuan } from './money'
import { clock, day, dayOf, moment, until } from './time'

afterEach(() => (language.value = 'zh'))

describe('times', () => {
    it('are those of China, wherever one is, and say so', () => {
        expect(moment('2026-11-06T16:05:00Z')).toBe('2026年11月7日周六 00:05（北京时间）')
        expect(moment('2026-11-06T09:05:00-07:00')).toBe('2026年11月7日周六 00:05（北京时间）')
        expect(dayOf('2026-11-06T16:05:00Z')).toBe('2026年11月7日周六（北京时间）')
        expect(clock('2026-11-06T16:05:00Z')).toBe('00:05')
        language.value = 'en'
        expect(moment('2026-11-06T16:05:00Z')).toBe('Sat, 7 November 2026 00:05 (Beijing time)')
    })

    it('of a limit name the last day, and not the midnight after it', () => {
        expect(until('2026-11-06T16:00:00Z')).toBe('2026年11月6日周五（北京时间）')
        expect(until('2026-11-06T16:30:00Z')).toBe('2026年11月7日周六 00:30（北京时间）')
    })

    it('leave a day without a time as it is', () => {
        expect(day('2026-02-28')).toBe('2026年2月28日周六')
    })
})

describe('amounts', () => {
    it('are shown in yuan, fen only where there are some', () => {
        expect(yuan(50_000)).toBe('500元')
        expect(yuan(1_850_050)).toBe('18,500.50元')
        expect(yuan(-5)).toBe('-0.05元')
        language.value = 'en'
        expect(yuan(100)).toBe('1 yuan')
    })
})

describe('articles of law', () => {
    it('are cited as in the language at hand', () => {
        expect(law('人民调解法 Art 23, 24 · 宁波条例 Art 18')).toBe('依据：人民调解法第23、24条 · 宁波条例第18条')
        language.value = 'en'
        expect(law('人民调解法 Art 17')).toContain('Art 17')
    })
})
