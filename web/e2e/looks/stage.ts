// Disputes as far along as the screens need them, by the requests that people's own screens would send.
import type { Caller } from '../staff_api'

interface Dispute {
    id: string
    parties: { id: string; side: string }[]
}

interface Session {
    id: string
    attendance: { person: string; party: string }[]
}

const HOUR = 3_600_000
const inHours = (from: number, hours: number) => new Date(from + hours * HOUR).toISOString()
const inDays = (from: number, days: number) => inHours(from, 24 * days).slice(0, 10)

/** The demo's clock: other stories may have moved it on. */
export async function demoNow(base: string): Promise<number> {
    return Date.parse((await fetch(`${base}/health/ready`)).headers.get('date') ?? '')
}

export async function find(who: Caller, title: string): Promise<Dispute> {
    const { disputes } = await who.read<{ disputes: { id: string; title: string }[] }>('/v1/disputes?limit=100')
    const id = disputes.find((one) => one.title === title)?.id
    if (!id) throw new Error(`nobody filed ${title}`)
    return who.read(`/v1/disputes/${id}`)
}

const partyOf = ({ parties }: Dispute, side: string) => parties.find((party) => party.side === side)?.id ?? ''

/** Puts up an agreement of three promises: two of the respondent's, one of the applicant's. */
export async function putUp(mediator: Caller, dispute: Dispute, now: number): Promise<string> {
    const [applicant, respondent] = [partyOf(dispute, 'applicant'), partyOf(dispute, 'respondent')]
    const by = (days: number) => ({ kind: 'by', date: inDays(now, days) })
    const draft = {
        form: 'written',
        main_facts: '孩子踢球时，球砸到了停着的车。',
        issues: '修车的钱谁出。',
        responsibilities: dispute.parties.map(({ id }) => ({ party: id, text: '各自承担一部分。' })),
        clauses: [
            {
                topic: 'compensation',
                act: '支付修车的钱',
                obligor: respondent,
                beneficiary: applicant,
                amount: 150_000,
                mode: 'mobile_payment',
                time_limit: by(5),
            },
            {
                topic: 'apology',
                act: '带孩子当面道歉',
                obligor: respondent,
                beneficiary: applicant,
                mode: 'in_person',
                time_limit: by(9),
            },
            {
                topic: 'undertaking',
                act: '把车停到划好的车位里',
                obligor: applicant,
                beneficiary: respondent,
                mode: 'act',
                time_limit: by(3),
            },
        ],
    }
    const path = `/v1/disputes/${dispute.id}/agreement`
    await mediator.command(path, { revision: 0, draft }, 'PUT')
    return (await mediator.command<{ text_hash: string }>(`${path}/put-up`)).text_hash
}

/** Signed by both sides and the mediator, sealed, and the first promise said to be kept. */
export async function bringIntoEffect(
    dispute: Dispute,
    text_hash: string,
    who: { applicant: Caller; respondent: Caller; mediator: Caller; director: Caller },
) {
    const path = `/v1/disputes/${dispute.id}`
    for (const side of ['applicant', 'respondent'] as const) {
        const body = { text_hash, party: partyOf(dispute, side), method: 'electronic' }
        await who[side].command(`${path}/agreement/sign`, body)
    }
    await who.mediator.command(`${path}/agreement/sign-as-mediator`, { text_hash })
    await who.director.command(`${path}/agreement/seal`, { text_hash })
    const { obligations } = await who.respondent.read<{ obligations: { id: string; obligor: string }[] }>(
        `${path}/obligations`,
    )
    const first = obligations.find(({ obligor }) => obligor === partyOf(dispute, 'respondent'))
    await who.respondent.command(`/v1/obligations/${first?.id}/report`, { note: '钱已经转了' })
}

/** The day after tomorrow, by the clock of China. */
export async function appoint(host: Caller, dispute: Dispute, now: number, hour: number): Promise<string> {
    const day = Date.parse(`${inHours(now, 8 + 48).slice(0, 10)}T00:00:00+08:00`)
    const body = { starts_at: inHours(day, hour), ends_at: inHours(day, hour + 1), manner: 'video' }
    const { id } = await host.command<Session>(`/v1/disputes/${dispute.id}/sessions`, body)
    await host.command(`/v1/sessions/${id}/notify`)
    return id
}

/** Opened; both sides are there, verified and aware of their rights, and all talk together. */
export async function begin(host: Caller, dispute: Dispute, session: string, sides: Record<string, Caller>) {
    const path = `/v1/sessions/${session}`
    await host.command(`${path}/open`)
    for (const [side, who] of Object.entries(sides)) {
        const { person } = await who.read<{ person: string }>('/v1/me')
        await who.command(`${path}/arrive`, { person, party: partyOf(dispute, side), as: 'party' })
        await host.command(`${path}/verify`, { person, method: 'known_in_person' })
    }
    await host.command(`${path}/confirm-identities`)
    for (const who of Object.values(sides)) await who.command(`${path}/acknowledge-rights`)
    await host.command(`${path}/confirm-rights`)
    await host.command(`${path}/joint`, {})
}

/** Files for somebody, as an officer does; with what triage found, where it is to go on. */
export async function fileFor(officer: Caller, title: string, phone: string, findings?: unknown): Promise<Dispute> {
    const dispute = await officer.command<Dispute>('/v1/disputes', {
        category: 'neighbor',
        source: 'assisted',
        title,
        narrative: '楼道里的灯坏了很久，晚上看不清路。邻居说是有人弄坏的，不肯一起修。',
        claims: ['一起把灯修好', '以后不再堆东西'],
        community_code: '330203001001',
        parties: [
            { side: 'applicant', name: '张小禾', phone: '19000000095' },
            { side: 'respondent', name: '李青禾', phone },
        ],
    })
    await officer.command(`/v1/disputes/${dispute.id}/submit`, {})
    if (findings) await officer.command(`/v1/disputes/${dispute.id}/triage`, { findings })
    return dispute
}
