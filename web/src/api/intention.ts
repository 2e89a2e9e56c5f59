import { randomId } from '@/device/random'

/**
 * What somebody wants done once. It keeps its key through every retry of the same request, also after the network was
 * away and unknown came back; changed words are another intention and get another key.
 */
export class Intention {
    private sent = ''
    private key = ''

    /** For `params.header` of a write. */
    header(body: unknown): { 'Idempotency-Key': string } {
        const text = JSON.stringify(body ?? null)
        if (text !== this.sent || this.key === '') {
            this.sent = text
            this.key = randomId()
        }
        return { 'Idempotency-Key': this.key }
    }

    /** It is done: the same words again are a new intention. */
    done() {
        this.key = ''
    }
}
