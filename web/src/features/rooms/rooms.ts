import { api, ask, type Result, type Schemas } from '@/api'
import { me } from '@/features/accounts/session'
import { t } from '@/i18n'
import type { RoomView } from '@/live/frames'
import { live } from '@/live/live'

export type Room = Schemas['RoomView']

export async function readRooms(dispute: string): Promise<Result<Room[]>> {
    const found = await ask(api.GET('/v1/disputes/{id}/rooms', { params: { path: { id: dispute } } }))
    return found.ok ? { ok: true, value: found.value.rooms } : found
}

/** What the live socket told since it was read, if anything. */
export function newest(room: Room): RoomView {
    return live.room(room.id).view ?? room
}

/** The caucus of one's own side. */
export function isMine(room: RoomView): boolean {
    const mine = room.members.find((member) => member.person === me.value?.person)
    return mine !== undefined && !isNeutral(mine.part)
}

export function isNeutral(part: Schemas['Part']): boolean {
    return part === 'mediator' || part === 'co_mediator' || part === 'invited_lawyer'
}

export function titleOf(room: RoomView): string {
    if (room.kind === 'joint') return t('rooms.joint')
    if (room.kind === 'neutrals') return t('rooms.neutrals')
    return isMine(room) ? t('rooms.caucus') : t('rooms.caucusOf', { side: t(`words.side.${room.side}`) })
}

/** Who can read along, in words: nobody should have to guess. */
export function audienceOf(room: RoomView): string {
    if (room.kind === 'joint') return t('rooms.jointHint')
    if (room.kind === 'neutrals') return t('rooms.neutralsHint')
    const others = room.members.filter((member) => member.person !== me.value?.person)
    if (others.length === 0) return t('rooms.caucusNobody')
    return t('rooms.caucusHint', { names: others.map((member) => member.name).join('、') })
}
