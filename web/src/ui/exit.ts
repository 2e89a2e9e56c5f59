import { isKiosk, wipe } from '@/device/kiosk'
import { leaveNow } from '@/device/leaving'

/** A page that anybody might have open. */
const ELSEWHERE = 'https://www.baidu.com/'
const FLAG = 'ala.left'

function vanish() {
    document.documentElement.hidden = true
    document.title = ''
    location.replace(ELSEWHERE)
}

/** For somebody who must not be seen here: gone at once. */
export async function leave() {
    document.documentElement.hidden = true
    leaveNow()
    if (isKiosk()) {
        // What was promised is on its way before its login is gone.
        await new Promise((resolve) => setTimeout(resolve))
        await wipe()
    }
    sessionStorage.setItem(FLAG, '1')
    vanish()
}

/** The back button does not bring it up again; typing the address does. Called before anything is drawn. */
export function stayAway() {
    addEventListener('pageshow', (event) => event.persisted && sessionStorage.getItem(FLAG) && vanish())
    if (!sessionStorage.getItem(FLAG)) return
    const [how] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
    if (how?.type === 'back_forward') vanish()
    else sessionStorage.removeItem(FLAG)
}
