// Cuts what the microphone gives into packets of 20 ms at 48 kHz.
const PACKET = 960

class Capture extends AudioWorkletProcessor {
    packet = new Float32Array(PACKET)
    filled = 0

    process([[samples] = []]) {
        if (!samples) return true
        for (const sample of samples) {
            this.packet[this.filled] = sample
            this.filled += 1
            if (this.filled < PACKET) continue
            this.port.postMessage(this.packet, [this.packet.buffer])
            this.packet = new Float32Array(PACKET)
            this.filled = 0
        }
        return true
    }
}

registerProcessor('capture', Capture)
