import type { EntryBody } from '@/live/frames'
import { t } from '@/i18n'

/** What was said, in words, also where it is a picture or a card. */
export function plainText(body: EntryBody): string {
    switch (body.kind) {
        case 'text':
            return body.text
        case 'quick_phrase':
            return t(`words.phrase.${body.phrase}`)
        case 'system':
            return [t(`words.notice.${body.notice}`), body.detail].filter(Boolean).join(':')
        case 'card':
            return body.reply
                ? t('rooms.answered', { reply: t(`words.reply.${body.reply}`) })
                : `${t(`words.card.${body.card}`)}:${body.subject}`
        case 'image':
            return body.caption ?? ''
        case 'voice':
            return body.transcript ?? ''
    }
}
