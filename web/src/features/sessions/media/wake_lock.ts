/** The screen stays on while somebody listens; the browser takes the lock away whenever the page is hidden. */
export function keepAwake(): () => void {
    let lock: WakeLockSentinel | null = null
    let isOver = false

    async function take() {
        if (isOver || document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return
        lock = await navigator.wakeLock.request('screen').catch(() => null)
        if (isOver) void lock?.release()
    }

    document.addEventListener('visibilitychange', take)
    void take()
    return () => {
        isOver = true
        document.removeEventListener('visibilitychange', take)
        void lock?.release()
    }
}
