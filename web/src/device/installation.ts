import { randomId } from './random'
import { storage } from './storage'

const KEY = 'ala.installation'

/** By which the service counts what one device asks for: a random value, and nothing about the phone. */
export function installation(): string {
    const known = storage.get(KEY)
    if (known) return known
    const fresh = randomId()
    storage.set(KEY, fresh)
    return fresh
}

/** What the device is called in its owner's list of logins. */
export function deviceName(): string {
    const agent = navigator.userAgent
    const kinds: [RegExp, string][] = [
        [/MicroMessenger/, '微信'],
        [/iPhone/, 'iPhone'],
        [/iPad/, 'iPad'],
        [/Android/, '安卓手机'],
        [/Windows/, 'Windows 电脑'],
        [/Macintosh/, 'Mac'],
    ]
    return kinds.find(([pattern]) => pattern.test(agent))?.[1] ?? '浏览器'
}
