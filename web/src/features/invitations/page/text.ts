import { language } from '@/i18n/language'
import en from './en'
import zh from './zh'

export type Key = keyof typeof zh

export function text(key: Key, values: Record<string, string> = {}): string {
    const words: string = (language.value === 'en' ? en : zh)[key]
    return words.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
}
