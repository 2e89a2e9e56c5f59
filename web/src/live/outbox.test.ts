import 'fake-indexeddb/auto'
import { describe, expect, it, vi } from 'vitest'
import { timedId } from '@/device/random'
import { outbox } from './outbox'
import type { Outgoing } from './state'

function typed(text: string, now: number, account = 'acc_1'): Outgoing {
    return { id: timedId(now), account, room: 'rom_1', body: { kind: 'text', text }, typedAt: '' }
}

const texts = (items: Outgoing[]) => items.map(({ body }) => (body.kind === 'text' ? body.text : ''))

describe('the outbox', () => {
    it('has after a restart what was not acknowledged, in the order in which it was typed', async () => {
        const [first, second] = [typed('先写的', 1_000), typed('后写的', 2_000)]
        await outbox.keep(second)
        await outbox.keep(first)
        await outbox.keep(typed('别人写的', 500, 'acc_2'))
        vi.resetModules()
        const { outbox: restarted } = await import('./outbox')
        expect(texts(await restarted.of('acc_1'))).toEqual(['先写的', '后写的'])
        await restarted.forget({ id: first.id, seq: 1, at: '' })
        expect(texts(await restarted.of('acc_1'))).toEqual(['后写的'])
        await restarted.discard(second.id)
        expect(await restarted.of('acc_1')).toEqual([])
    })
})
