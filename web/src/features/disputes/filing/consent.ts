import { api, ask, failed, ok, type Result, type Schemas } from '@/api'
import { readJson, writeJson } from '@/device/storage'
import { language } from '@/i18n/language'

type ConsentText = Schemas['ConsentText']

/** The text one agrees to; the one read last where there is no network, since the service checks which it was. */
export async function readConsent(): Promise<Result<ConsentText>> {
    const key = `ala.consent.${language.value}`
    const found = await ask(api.GET('/v1/consent-text', { params: { query: { language: language.value } } }))
    if (found.ok) {
        writeJson(key, found.value)
        return found
    }
    const known = readJson<ConsentText>(key)
    return known ? ok(known) : failed(found.trouble)
}
