/** So many seconds. */
export const wait = (seconds: number) => new Promise<void>((done) => setTimeout(done, seconds * 1_000))
