/** Heard by oneself alone: two rising notes into a private talk, two falling ones back to everybody. */
export function cue(kind: 'private' | 'joint') {
    const notes = kind === 'private' ? [523, 784] : [784, 523]
    const context = new AudioContext()
    notes.forEach((frequency, at) => {
        const start = context.currentTime + at * 0.22
        const tone = new OscillatorNode(context, { frequency })
        const gain = new GainNode(context, { gain: 0 })
        gain.gain.setValueAtTime(0, start)
        gain.gain.linearRampToValueAtTime(0.2, start + 0.02)
        gain.gain.linearRampToValueAtTime(0, start + 0.2)
        tone.connect(gain).connect(context.destination)
        tone.start(start)
        tone.stop(start + 0.21)
    })
    setTimeout(() => void context.close(), 1_000)
}
