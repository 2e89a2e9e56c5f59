import { language } from '@/i18n/language'

// All times are shown in China's zone and say so: a party abroad would otherwise come at the wrong hour.
const ZONE = 'Asia/Shanghai'
const ZONE_NAME = { zh: '北京时间', en: 'Beijing time' }
const TAG = { zh: 'zh-CN', en: 'en-GB' }

const DAY: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'long', day: 'numeric', weekday: 'short' }
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }

const formats = new Map<string, Intl.DateTimeFormat>()

function format(at: Date, options: Intl.DateTimeFormatOptions, zone = ZONE): string {
    const name = `${language.value} ${zone} ${JSON.stringify(options)}`
    const known = formats.get(name) ?? new Intl.DateTimeFormat(TAG[language.value], { ...options, timeZone: zone })
    formats.set(name, known)
    return known.format(at)
}

const zoned = (text: string) =>
    language.value === 'zh' ? `${text}\uff08${ZONE_NAME.zh}\uff09` : `${text} (${ZONE_NAME.en})`

/** Day and hour of a moment, with the zone. */
export function moment(iso: string): string {
    const at = new Date(iso)
    return zoned(`${format(at, DAY)} ${format(at, CLOCK)}`)
}

/** The day of a moment, with the zone: for a heading above times of that day. */
export function dayOf(iso: string): string {
    return zoned(format(new Date(iso), DAY))
}

/** The hour alone: only below a heading that names day and zone. */
export function clock(iso: string): string {
    return format(new Date(iso), CLOCK)
}

/** A date without a time is a day in China, the same wherever one reads it. */
export function day(date: string): string {
    return format(new Date(`${date}T00:00:00Z`), DAY, 'UTC')
}

const MINUTE_MS = 60_000

/** The last moment that is in time: a limit that ends with a day ends at 24:00, and the day is what one has to know. */
export function until(iso: string): string {
    if (clock(iso) !== '00:00') return moment(iso)
    return dayOf(new Date(Date.parse(iso) - MINUTE_MS).toISOString())
}
