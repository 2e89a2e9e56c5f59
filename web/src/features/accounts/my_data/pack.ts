// One file to keep: what can be read by people, what can be read by programs, and the files that were handed in.
import { api, ask, failed, ok, type Result } from '@/api'
import { plainText } from '@/features/rooms/said'
import { titleOf } from '@/features/rooms/rooms'
import { t } from '@/i18n'
import { moment } from '@/ui/time'
import { type Zippable, strToU8, zip } from 'fflate'
import { type DisputeData, type MyData, Stopped, read } from './gather'

/** What no system takes in a name. */
const plain = (name: string) => name.replace(/[\\/:*?"<>|\p{Cc}]/gu, '_').slice(0, 80)

/** Read as text by every program, also by those that guess. */
const text = (lines: string[]) => strToU8(`\uFEFF${lines.join('\r\n')}\r\n`)

function transcript({ room, entries }: DisputeData['rooms'][number]): string[] {
    const names = new Map(room.members.map((member) => [member.person, member.name]))
    const speaker = (person: string | null | undefined) =>
        person ? (names.get(person) ?? t('rooms.leftPerson')) : t('accounts.dataService')
    return entries.map(({ at, sender, body }) => `${moment(at)} ${speaker(sender)}: ${plainText(body)}`)
}

/** Two files of one name lie beside each other. */
function free(taken: Zippable, name: string): string {
    for (let n = 2, free = name; ; n += 1) {
        if (!(free in taken)) return free
        free = name.replace(/(\.[^.]*)?$/, ` (${n})$1`)
    }
}

async function files({ evidence }: DisputeData): Promise<Zippable> {
    const folder: Zippable = {}
    for (const { id, file_name } of evidence) {
        const content = await read(() =>
            ask(api.GET('/v1/evidence/{id}/content', { params: { path: { id } }, parseAs: 'arrayBuffer' })),
        )
        // Pictures and films do not get smaller.
        folder[free(folder, plain(file_name))] = [new Uint8Array(content as ArrayBuffer), { level: 0 }]
    }
    return folder
}

async function folderOf(one: DisputeData): Promise<Zippable> {
    const folder: Zippable = {}
    for (const room of one.rooms) {
        folder[free(folder, `${plain(titleOf(room.room))}.txt`)] = text(transcript(room))
    }
    return { ...folder, [t('accounts.dataEvidence')]: await files(one) }
}

const zipped = (folder: Zippable) =>
    new Promise<Uint8Array<ArrayBuffer>>((done, fail) =>
        zip(folder, (error, bytes) => (error ? fail(error) : done(bytes as Uint8Array<ArrayBuffer>))),
    )

export async function pack(data: MyData): Promise<Result<Blob>> {
    const root: Zippable = {
        [t('accounts.dataReadFirst')]: text([
            t('accounts.dataWhatIsHere', { name: data.me.name, time: moment(new Date().toISOString()) }),
        ]),
        'data.json': strToU8(JSON.stringify(data, null, 2)),
    }
    try {
        for (const one of data.disputes) {
            root[free(root, plain(one.dispute.title))] = await folderOf(one)
        }
        return ok(new Blob([await zipped(root)], { type: 'application/zip' }))
    } catch (error) {
        if (error instanceof Stopped) return failed(error.trouble)
        throw error
    }
}
