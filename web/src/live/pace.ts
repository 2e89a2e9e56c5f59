/** Counts what may be sent: so many at once, so many a second in the long run. */
export class Pace {
    private left: number
    private at: number

    constructor(
        private readonly burst: number,
        private readonly perSecond: number,
        now: number,
    ) {
        this.left = burst
        this.at = now
    }

    /** Milliseconds to wait before one more; 0 takes it. */
    take(now: number): number {
        this.left = Math.min(this.burst, this.left + ((now - this.at) / 1_000) * this.perSecond)
        this.at = now
        if (this.left >= 1) {
            this.left -= 1
            return 0
        }
        return Math.ceil(((1 - this.left) / this.perSecond) * 1_000)
    }
}
