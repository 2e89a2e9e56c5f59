import type { Schemas } from '@/api'
import { readJson, writeJson } from '@/device/storage'
import { shallowRef } from 'vue'

export type Station = Schemas['StationBrief']

const KEY = 'ala.station'

/** The station whose number stands on every screen: that of the dispute seen last, or the one chosen. */
export const station = shallowRef<Station | null>(readJson<Station>(KEY))

export function rememberStation(value: Station) {
    if (station.value?.id === value.id && station.value.phone === value.phone) return
    station.value = value
    writeJson(KEY, value)
}
