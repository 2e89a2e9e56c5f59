import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { linesOf } from './lines'
import { ModelClient } from './model_client'
import { ME, ModelServer, ROOM } from './model_server'
import { roomOf } from './state'

/** What may happen next, to either side or to the line between them. */
const weights = {
    'server takes': 6,
    'client gets': 5,
    'client writes': 4,
    'other says': 4,
    cut: 1,
    connect: 4,
    restart: 1,
    'frame lost': 4,
    'frame doubled': 1,
    'stumbles before': 2,
    'stumbles after': 2,
    overlap: 1,
    removed: 1,
    readmitted: 2,
    ping: 1,
    wait: 2,
}
type Happening = keyof typeof weights
const names = Object.keys(weights) as Happening[]
const happening = fc.oneof(...names.map((name) => ({ weight: weights[name], arbitrary: fc.constant(name) })))
/** Losing one in the middle of a connection is not what TCP does; a server under pressure might. */
function loseOne(server: ModelServer) {
    const at = server.toClient.findIndex((frame) => frame.type === 'entries')
    const caughtUp = server.toClient.findIndex((frame) => frame.type === 'caught_up')
    if (at >= 0 && caughtUp < at) server.toClient.splice(at, 1)
}

function doubleOne(server: ModelServer) {
    const frame = server.toClient.find((known) => known.type === 'entries' || known.type === 'ack')
    if (frame) server.toClient.splice(server.toClient.indexOf(frame), 0, frame)
}

function happen(what: Happening, server: ModelServer, client: ModelClient, count: number) {
    const acts: Record<Happening, () => void> = {
        'server takes': () => server.take(),
        'client gets': () => client.receive(server.toClient.shift()),
        'client writes': () => client.write(count % 3 === 0 ? '好的' : `我说 ${count}`),
        'other says': () => server.somebodySays(`对方说 ${count}`),
        cut: () => client.disconnect(),
        connect: () => client.connect(),
        restart: () => client.restart(),
        'frame lost': () => roomOf(client.state, ROOM).phase === 'live' && loseOne(server),
        'frame doubled': () => doubleOne(server),
        'stumbles before': () => void (server.stumbles = 'before'),
        'stumbles after': () => void (server.stumbles = 'after'),
        overlap: () => void (server.overlap = count % 4),
        removed: () => server.remove(),
        readmitted: () => server.readmit(),
        ping: () => client.ping(),
        wait: () => client.wait(1_000),
    }
    acts[what]()
}

function settle(server: ModelServer, client: ModelClient) {
    server.readmit()
    server.stumbles = null
    for (let round = 0; round < 12; round += 1) {
        client.connect()
        if (roomOf(client.state, ROOM).closed) client.follow()
        client.wait(5_000)
        client.ping()
        while (server.toServer.length + server.toClient.length > 0) {
            server.take()
            client.receive(server.toClient.shift())
        }
    }
}

function check(server: ModelServer, client: ModelClient) {
    const room = roomOf(client.state, ROOM)
    const readable = server.log.filter(
        (entry) => server.readable(entry.seq) && entry.seq >= (room.log.spans[0]?.from ?? 0),
    )
    expect(room.log.entries).toEqual(readable)
    // Nothing sent twice, nothing lost: what was typed is stored once, or came back with a reason and is kept.
    const refused = client.state.outbox.filter((item) => item.refused).map((item) => item.id)
    expect([...client.disk.keys()]).toEqual(refused)
    const stored = [...server.stored.keys()]
    expect([...stored, ...refused].sort()).toEqual(client.typed)
    expect(server.log.filter((entry) => entry.sender === ME)).toHaveLength(stored.length)
    const places = client.typed.flatMap((id) => server.stored.get(id) ?? [])
    expect(places).toEqual([...places].sort((a, b) => a - b))
    const shown = linesOf(client.state, ROOM, ME)
    expect(shown.filter((line) => line.kind === 'sending').map((line) => line.key)).toEqual(refused)
}

describe('whatever the line does', () => {
    it('ends with what the server has: nothing lost, nothing twice, in order', { timeout: 600_000 }, () => {
        fc.assert(
            fc.property(fc.array(happening, { maxLength: 150, size: 'max' }), (story) => {
                const server = new ModelServer()
                const client = new ModelClient(server)
                story.forEach((what, count) => happen(what, server, client, count))
                settle(server, client)
                check(server, client)
            }),
            { numRuns: Number(process.env.RUNS ?? 3_000) },
        )
    })

    it('never shows a message twice while its acknowledgement is on the way', () => {
        const server = new ModelServer()
        const client = new ModelClient(server)
        client.connect()
        client.write('好的')
        while (server.toServer.length + server.toClient.length > 0) {
            server.take()
            client.receive(server.toClient.shift())
            expect(linesOf(client.state, ROOM, ME)).toHaveLength(1)
        }
        expect(linesOf(client.state, ROOM, ME).map((line) => line.mark)).toEqual(['delivered'])
    })

    it('notices at the second pong that what was promised at the first has not come', () => {
        const server = new ModelServer()
        const client = new ModelClient(server)
        settle(server, client)
        server.somebodySays('没有送到')
        server.toClient = []
        for (const _ of [1, 2]) {
            client.ping()
            server.take()
            client.receive(server.toClient.shift())
        }
        expect(server.toServer.map((frame) => frame.type)).toEqual(['hello'])
    })
})
