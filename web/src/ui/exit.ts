import { isKiosk, wipe } from '@/device/kiosk'

/** A page that anybody might have open. */
const ELSEWHERE = 'https://www.baidu.com/'

/** For somebody who must not be seen here: gone at once, and not by the back button either. */
export async function leave() {
    document.documentElement.hidden = true
    document.title = '百度一下'
    if (isKiosk()) await wipe()
    location.replace(ELSEWHERE)
}
