import { api, ask, type Result, type Schemas } from '@/api'
import { readJson, writeJson } from '@/device/storage'

type Community = Schemas['CommunityView']
const KEY = 'ala.communities'

const find = (search: string) => ask(api.GET('/v1/directory/communities', { params: { query: { search } } }))

/** Some are kept while there is a network, so that one can go on where there is none. */
export async function keepPlaces() {
    const found = await find('')
    if (found.ok) writeJson(KEY, found.value.communities)
}

export async function findPlaces(search: string): Promise<Result<Community[]>> {
    const found = await find(search)
    if (found.ok) return { ok: true, value: found.value.communities }
    const known = (readJson<Community[]>(KEY) ?? []).filter((place) => place.name.includes(search))
    return known.length > 0 ? { ok: true, value: known } : found
}
