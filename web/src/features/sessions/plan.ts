/** Day and hour as they are meant, in China, wherever one types them. */
export function chinaTime(date: string, time: string): string | null {
    const at = new Date(`${date}T${time}:00+08:00`)
    return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

const MINUTE_MS = 60_000
/** What is asked for now is heard a little later, and then must not have begun. */
const ON_ITS_WAY_MS = 20_000

/** The next full minute that is still ahead when the service hears of it. */
export const soonest = (now: number) => new Date(Math.ceil((now + ON_ITS_WAY_MS) / MINUTE_MS) * MINUTE_MS).toISOString()

export const laterBy = (iso: string, minutes: number) => new Date(Date.parse(iso) + minutes * MINUTE_MS).toISOString()
