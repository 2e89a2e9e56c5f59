// Where a file's stories happen: in the demo that all share, or in one of their own where weeks have to pass.
import { inject } from 'vitest'
import { type Demo, startDemo, unusedCode } from './demo'

let own: Demo | null = null

export const here = () => ({
    base: own?.url ?? inject('base'),
    data: own?.data ?? inject('data'),
    binary: inject('binary'),
})

export async function openOwnDemo() {
    own = await startDemo(inject('binary'))
}

export const closeOwnDemo = () => own?.stop()

/** Moves the demo's clock; what falls due meanwhile has happened when this is over. */
export async function pass(hours: number) {
    const body = JSON.stringify({ advance_hours: hours })
    const headers = { 'content-type': 'application/json' }
    const moved = await fetch(`${here().base}/demo/clock`, { method: 'POST', headers, body })
    if (!moved.ok) throw new Error(`the clock does not move: ${moved.status}`)
}

/** Digits of the authenticator that somebody has not used yet. */
export const freshCode = (username: string) => unusedCode(inject('binary'), here().data, username)
