import { t } from '@/i18n'
import zh from './events.zh'

/** The service names events by a word that may grow; one that this desk does not know is shown as it came. */
export function eventText(event: string): string {
    return event in zh ? t(`desk.events.${event as keyof typeof zh}`) : event
}
