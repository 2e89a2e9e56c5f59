import { table, type Table } from '@/device/database'
import type { Outgoing } from './state'

// Every tab has its own socket, and after a restart each says what is in the outbox. That is safe: the server stores a
// `client_msg_id` once, and both tabs say things in the order in which they were typed. What one tab hears
// acknowledged it tells the others, so that nobody shows it as waiting.

interface Settled {
    id: string
    seq: number
    at: string
}

let opened: Promise<Table<Outgoing>> | null = null
const items = () => (opened ??= table<Outgoing>('ala-outbox'))

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('ala-outbox')

export const outbox = {
    /** Resolves when it would survive the phone being switched off. */
    async keep(item: Outgoing) {
        await (await items()).put(item)
    },
    async forget(settled: Settled) {
        await (await items()).remove(settled.id)
        channel?.postMessage(settled)
    },
    async discard(id: string) {
        await (await items()).remove(id)
    },
    /** What this account typed and nobody has acknowledged. */
    async of(account: string): Promise<Outgoing[]> {
        return (await (await items()).all()).filter((item) => item.account === account)
    },
    onSettled(listener: (settled: Settled) => void) {
        channel?.addEventListener('message', (event: MessageEvent<Settled>) => listener(event.data))
    },
}
