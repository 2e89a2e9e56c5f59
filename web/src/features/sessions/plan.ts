/** Day and hour as they are meant, in China, wherever one types them. */
export function chinaTime(date: string, time: string): string | null {
    const at = new Date(`${date}T${time}:00+08:00`)
    return Number.isNaN(at.getTime()) ? null : at.toISOString()
}

export const laterBy = (iso: string, minutes: number) => new Date(Date.parse(iso) + minutes * 60_000).toISOString()
