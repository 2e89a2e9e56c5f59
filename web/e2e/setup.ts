import type { TestProject } from 'vitest/node'
import { freePort, startDemo } from './demo'
import { startFront } from './front'

declare module 'vitest' {
    interface ProvidedContext {
        /** Where pages and API are. */
        base: string
        /** Where `ala demo` keeps its text messages. */
        data: string
        binary: string
    }
}

/** With ALA_WEB, ALA_DATA and ALA_BIN set, against what runs already; otherwise everything is started here. */
export default async function setup({ provide }: TestProject) {
    const binary = process.env.ALA_BIN ?? new URL('../../target/debug/ala', import.meta.url).pathname
    provide('binary', binary)
    if (process.env.ALA_WEB) {
        provide('base', process.env.ALA_WEB)
        provide('data', process.env.ALA_DATA ?? '.data')
        return
    }
    const port = await freePort()
    const demo = await startDemo(binary, `http://127.0.0.1:${port}`)
    const front = await startFront(port, () => demo.url)
    provide('base', front.url)
    provide('data', demo.data)
    return async () => {
        await front.stop()
        await demo.stop()
    }
}
