/** What is still to be done when somebody leaves the page; it may be the last that this page does. */
const steps = new Set<() => void>()
let isLeaving = false
let isBusy = false

/** Does all of it now. */
export function leaveNow() {
    isLeaving = isBusy = true
    try {
        steps.forEach((step) => step())
    } finally {
        isBusy = false
    }
}

if ('document' in globalThis) {
    addEventListener('pagehide', leaveNow)
    document.addEventListener('visibilitychange', () => {
        if (document.visibilityState === 'hidden') leaveNow()
        else isLeaving = false
    })
    // Not every browser that brings a whole page back says that it is seen again.
    addEventListener('pageshow', () => (isLeaving = false))
}

export const onLeave = (step: () => void) => void steps.add(step)

/** Whether what is sent now has to outlive the page. */
export const leavesNow = () => isLeaving

/** Whether what is sent now is one of those steps: they were promised, and nobody may be there to see one fail. */
export const isLastStep = () => isBusy

/** Resolves as soon as somebody looks at the page. */
export function isLookedAt(): Promise<void> {
    if (document.visibilityState === 'visible') return Promise.resolve()
    return new Promise((resolve) => {
        const look = () => {
            if (document.visibilityState !== 'visible') return
            document.removeEventListener('visibilitychange', look)
            resolve()
        }
        document.addEventListener('visibilitychange', look)
    })
}
