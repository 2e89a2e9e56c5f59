import type { Session } from './session'

const stamp = (iso: string) => new Date(iso).toISOString().replace(/[-:]|\.\d{3}/g, '')
const escaped = (text: string) => text.replace(/[\\;,]/g, (mark) => `\\${mark}`).replace(/\n/g, '\\n')

/** Lines of a calendar file hold 75 bytes; a character is never cut. */
function folded(line: string): string {
    const parts: string[] = ['']
    let bytes = 0
    for (const character of line) {
        const size = new TextEncoder().encode(character).length
        if (bytes + size > 74) {
            parts.push(' ')
            bytes = 1
        }
        parts[parts.length - 1] += character
        bytes += size
    }
    return parts.join('\r\n')
}

/** The appointment for a calendar. Its words say that there is one, never what it is about: others may see a phone. */
export function calendarFile(session: Session, title: string, now: string, url: string): string {
    const lines = [
        'BEGIN:VCALENDAR',
        'VERSION:2.0',
        'PRODID:-//Ala Mediation//Session//ZH',
        'BEGIN:VEVENT',
        `UID:${session.id}@ala-mediation`,
        `DTSTAMP:${stamp(now)}`,
        `DTSTART:${stamp(session.starts_at)}`,
        `DTEND:${stamp(session.ends_at)}`,
        `SUMMARY:${escaped(title)}`,
        ...(session.place ? [`LOCATION:${escaped(session.place)}`] : []),
        `URL:${url}`,
        'BEGIN:VALARM',
        'ACTION:DISPLAY',
        `DESCRIPTION:${escaped(title)}`,
        'TRIGGER:-PT30M',
        'END:VALARM',
        'END:VEVENT',
        'END:VCALENDAR',
    ]
    return `${lines.map(folded).join('\r\n')}\r\n`
}

export function saveFile(name: string, type: string, text: string) {
    const url = URL.createObjectURL(new Blob([text], { type }))
    const link = Object.assign(document.createElement('a'), { href: url, download: name })
    link.click()
    setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
