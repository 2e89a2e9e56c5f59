import type { TestProject } from 'vitest/node'
import { startDemo } from './demo'

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
    const demo = await startDemo(binary)
    provide('base', demo.url)
    provide('data', demo.data)
    return demo.stop
}
