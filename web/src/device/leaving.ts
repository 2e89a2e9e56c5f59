/** What is still to be done when somebody leaves the page; it may be the last that this page does. */
const steps = new Set<() => void>()
let isLeaving = false

function leave() {
    isLeaving = true
    steps.forEach((step) => step())
}

if ('document' in globalThis) {
    addEventListener('pagehide', leave)
    document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'hidden') leave()
        else isLeaving = false
    })
}

export const onLeave = (step: () => void) => void steps.add(step)

/** Whether what is sent now has to outlive the page. */
export const leavesNow = () => isLeaving
