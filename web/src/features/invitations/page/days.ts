import type { SuitableTime } from './api'

const DAY = 24 * 3_600_000
const CHINA = 'Asia/Shanghai'
const WEEK = 7

export interface Day {
    /** As the server takes it. */
    date: string
    name: string
}

/** The seven days after this one, by China's calendar, in words. */
export function daysAhead(now: Date, language: 'zh' | 'en'): Day[] {
    const words = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
        timeZone: CHINA,
        month: 'long',
        day: 'numeric',
        weekday: 'long',
    })
    const numbers = new Intl.DateTimeFormat('sv-SE', { timeZone: CHINA })
    return Array.from({ length: WEEK }, (_, n) => {
        const day = new Date(now.getTime() + (n + 1) * DAY)
        return { date: numbers.format(day), name: words.format(day) }
    })
}

export const sameTime = (a: SuitableTime, b: SuitableTime) => a.date === b.date && a.part === b.part
