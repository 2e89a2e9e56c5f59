import { createI18n } from 'vue-i18n'
import { keepLanguage, language, speak, type Language } from './language'
import type { Paths } from './types'
import zh, { type Messages } from './zh'

export type Key = Paths<Messages>
type Values = Record<string, string | number>

/** A part of the texts, for the entry that needs it: in Chinese at once, in English when somebody reads English. */
type English = () => Promise<{ default: object }>
const english: English[] = [() => import('./en')]
let isEnglishThere = false

export const i18n = createI18n({
    legacy: false,
    locale: 'zh',
    fallbackLocale: 'zh',
    messages: { zh, en: {} } as Record<string, object> as Record<Language, Messages>,
})

export function addTexts(chinese: object, inEnglish: English) {
    i18n.global.mergeLocaleMessage('zh', chinese)
    english.push(inEnglish)
}

async function load(value: Language) {
    if (value !== 'en' || isEnglishThere) return
    for (const { default: texts } of await Promise.all(english.map((read) => read()))) {
        i18n.global.mergeLocaleMessage('en', texts)
    }
    isEnglishThere = true
}

async function show(value: Language) {
    await load(value)
    i18n.global.locale.value = value
    speak(value)
}

export async function useLanguage(value: Language) {
    await show(value)
    keepLanguage(value)
}

/** Before the first screen is drawn. */
export const startLanguage = () => show(language.value)

/** The text for a key; a key that does not exist does not compile. */
export function t(key: Key, values: Values = {}): string {
    return i18n.global.t(key, values)
}

export { language } from './language'
