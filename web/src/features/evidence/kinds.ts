import type { Schemas } from '@/api'

export type MediaType = Schemas['MediaType']

const MIB = 1024 * 1024
/** As docs/API.md has them. */
const MOST = { film: 200 * MIB, other: 20 * MIB }

const BY_ENDING: Record<string, MediaType> = {
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    png: 'image/png',
    webp: 'image/webp',
    heic: 'image/heic',
    heif: 'image/heic',
    pdf: 'application/pdf',
    mp4: 'video/mp4',
    m4v: 'video/mp4',
    m4a: 'audio/mp4',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
}

/** For the file picker: the endings too, because some phones know no type for HEIC. */
export const PHOTOS = 'image/jpeg,image/png,image/webp,image/heic,.heic'
export const FILES = [
    ...new Set(Object.values(BY_ENDING)),
    ...Object.keys(BY_ENDING).map((ending) => `.${ending}`),
].join()

const endingOf = (name: string) => /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''

/** Which of the kinds taken a file is, by its ending: some phones tell no type, and name and type have to agree. */
export function kindOf(name: string): MediaType | null {
    return BY_ENDING[endingOf(name)] ?? null
}

export type Objection = 'kind' | 'size' | 'empty'

/** Why a file cannot be handed in, before anything is sent. */
export function objectionTo(name: string, size: number): Objection | null {
    const kind = kindOf(name)
    if (!kind) return 'kind'
    if (size === 0) return 'empty'
    return size > (kind === 'video/mp4' ? MOST.film : MOST.other) ? 'size' : null
}

/** A size as people say it. */
export function sizeOf(bytes: number): string {
    return bytes >= MIB ? `${(bytes / MIB).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`
}

/** What it is in one word, for a list. */
export function wordFor(kind: MediaType): 'photo' | 'pdf' | 'word' | 'film' | 'sound' {
    if (kind.startsWith('image/')) return 'photo'
    if (kind.startsWith('video/')) return 'film'
    if (kind.startsWith('audio/')) return 'sound'
    return kind === 'application/pdf' ? 'pdf' : 'word'
}
