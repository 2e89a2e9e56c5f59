// Who looks at the screens, and what happened before they do.
import type { Browser } from 'playwright-core'
import { DESK, PHONE, type Seat, seat } from '../../browser'
import { invitationTo, LIN } from '../../people'
import { here } from '../../place'
import { type Caller, staff } from '../../staff_api'
import { resident } from '../api'
import { appoint, begin, bringIntoEffect, demoNow, fileFor, find, putUp } from '../stage'

/** Nobody else's: what other stories do changes nothing here. */
const [NEW, INVITED] = ['19000000092', '19000000093']

export interface Cast {
    seats: Record<Who, Seat>
    host: Caller
    invitation: { path: string; code: string }
    /** Where each dispute is, by what it is here for. */
    paths: Record<'talk' | 'sign' | 'keep' | 'meet' | 'choose' | 'plain' | 'refused' | 'waiting', string>
    sessions: Record<'ahead' | 'now', string>
}

async function callers() {
    const people = {
        newcomer: await resident(NEW, '周小满'),
        respondent: await resident(LIN),
        signer: await resident('19000000011'),
        creditor: await resident('19000000010'),
        debtor: await resident('19000000009'),
        talker: await resident('19000000003'),
        chooser: await resident('19000000012'),
        other: await resident('19000000014'),
    }
    const helpers = {
        mediator: await staff('he.niangjiu'),
        host: await staff('shi.lan'),
        writer: await staff('jin.suyue'),
        lawyer: await staff('wu.lvshi'),
        director: await staff('gu.zhuren'),
        officer: await staff('wang.haiping'),
        leader: await staff('zhou.donghai'),
    }
    return { ...people, ...helpers }
}

type Everybody = Awaited<ReturnType<typeof callers>>
const ON_PHONES = [
    'newcomer',
    'respondent',
    'signer',
    'creditor',
    'debtor',
    'talker',
    'chooser',
    'writer',
    'mediator',
    'host',
    'lawyer',
] as const
const AT_DESKS = ['officer', 'leader', 'director'] as const
export type Who = 'nobody' | (typeof ON_PHONES)[number] | (typeof AT_DESKS)[number]

async function seatsOf(browser: Browser, all: Everybody): Promise<Record<Who, Seat>> {
    const seats: Partial<Record<Who, Seat>> = { nobody: await seat(browser) }
    for (const who of ON_PHONES) seats[who] = await seat(browser, PHONE, all[who].login)
    for (const who of AT_DESKS) seats[who] = await seat(browser, DESK, all[who].login)
    return seats as Record<Who, Seat>
}

/** Something of each kind that people see. */
export async function gather(browser: Browser): Promise<Cast> {
    const all = await callers()
    const now = await demoNow(here().base)
    const talk = await find(all.respondent, '楼上半夜拖动桌椅')
    const sign = await find(all.signer, '早餐店合伙散伙分账')
    const keep = await find(all.creditor, '孩子踢球砸坏停放车辆')
    const choose = await find(all.chooser, '父母赡养费三兄妹分摊')
    const meet = await find(all.talker, '二楼空调外机正对卧室窗')

    await whisper(all, talk.id)
    await putUp(all.writer, sign, now)
    const { creditor: applicant, debtor: respondent, host: mediator, director } = all
    await bringIntoEffect(keep, await putUp(mediator, keep, now), { applicant, respondent, mediator, director })
    const ahead = await appoint(all.mediator, talk, now, 14)
    const running = await appoint(all.host, meet, now, 14)
    await begin(all.host, meet, running, { applicant: all.talker, respondent: all.other })

    const plain = await fileFor(all.officer, '楼道里的灯坏了没人修', '19000000094')
    const waiting = await fileFor(all.officer, '楼道里的灯一起修', INVITED, { venue: 'here' })
    const refusal = { venue: 'here', prior_handling: 'agency_handling' }
    const refused = await fileFor(all.officer, '楼道里堆了旧家具', '19000000096', refusal)
    const path = ({ id }: { id: string }) => `/disputes/${id}`
    return {
        seats: await seatsOf(browser, all),
        host: all.host,
        invitation: invitationTo(INVITED),
        paths: {
            talk: path(talk),
            sign: path(sign),
            keep: path(keep),
            meet: path(meet),
            choose: path(choose),
            plain: path(plain),
            waiting: path(waiting),
            refused: path(refused),
        },
        sessions: { ahead, now: running },
    }
}

/** A few words that only the mediator hears. */
async function whisper({ respondent, mediator }: Everybody, dispute: string) {
    const { rooms } = await respondent.read<{ rooms: { id: string; kind: string }[] }>(`/v1/disputes/${dispute}/rooms`)
    const room = rooms.find(({ kind }) => kind === 'caucus')?.id
    const said: [Caller, string][] = [
        [mediator, '这里只有您和我。您心里怎么想，可以直说。'],
        [respondent, '我可以铺地毯。可他也不要一有声音就敲门。'],
    ]
    for (const [who, text] of said) {
        const body = { client_msg_id: crypto.randomUUID(), body: { kind: 'text', text } }
        await who.command(`/v1/rooms/${room}/entries`, body)
    }
}
