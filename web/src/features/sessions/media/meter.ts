/** How loud a track is, from 0 to 1, some ten times a second; returns how to end it. */
export function meter(track: MediaStreamTrack, tell: (level: number) => void): () => void {
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    analyser.fftSize = 1_024
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples)
        const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length
        tell(Math.min(1, Math.sqrt(power) * 5))
    }, 100)
    return () => {
        clearInterval(timer)
        void context.close()
    }
}
