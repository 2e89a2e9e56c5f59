// Steps that have no screen yet: asked for with the login of whoever sits before a page.
import type { Page } from 'playwright-core'
import type { Staff } from './staff_api'

interface Asked {
    method: string
    path: string
    body?: unknown
}

async function ask<T>(page: Page, asked: Asked): Promise<T> {
    const answer = await page.evaluate(async ({ method, path, body }: Asked) => {
        const login = JSON.parse(localStorage.getItem('ala.login') ?? '{}') as { access_token: string }
        const headers = {
            authorization: `Bearer ${login.access_token}`,
            'content-type': 'application/json',
            'idempotency-key': crypto.randomUUID(),
        }
        const said = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) })
        return { status: said.status, text: await said.text() }
    }, asked)
    if (answer.status >= 300) throw new Error(`${asked.path}: ${answer.status} ${answer.text}`)
    return JSON.parse(answer.text) as T
}

export const through = (page: Page): Staff => ({
    command: (path, body, method = 'POST') => ask(page, { method, path, body }),
    read: (path) => ask(page, { method: 'GET', path }),
})
