import { isKiosk } from './kiosk'

/**
 * One table of IndexedDB, keyed by `id`. Where a browser refuses it, things last as long as the page; on a shared device
 * always, so that nothing stays there even if its plug is pulled.
 */
export interface Table<T extends { id: string }> {
    all(): Promise<T[]>
    put(item: T): Promise<void>
    remove(id: string): Promise<void>
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
    })
}

function open(name: string): Promise<IDBDatabase> {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore('items', { keyPath: 'id' })
    return answer(request)
}

function inMemory<T extends { id: string }>(): Table<T> {
    const items = new Map<string, T>()
    return {
        all: async () => [...items.values()],
        put: async (item) => void items.set(item.id, item),
        remove: async (id) => void items.delete(id),
    }
}

function inDatabase<T extends { id: string }>(database: IDBDatabase): Table<T> {
    const run = <R>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<R>): Promise<R> =>
        new Promise((resolve, reject) => {
            // Strict: a phone that loses power right after has it on disk.
            const transaction = database.transaction('items', mode, { durability: 'strict' })
            const request = ask(transaction.objectStore('items'))
            transaction.oncomplete = () => resolve(request.result)
            transaction.onerror = transaction.onabort = () => reject(transaction.error)
        })
    return {
        all: () => run<T[]>('readonly', (store) => store.getAll()),
        put: async (item) => void (await run('readwrite', (store) => store.put(item))),
        remove: async (id) => void (await run('readwrite', (store) => store.delete(id))),
    }
}

export async function table<T extends { id: string }>(name: string): Promise<Table<T>> {
    if (isKiosk()) return inMemory<T>()
    try {
        return inDatabase<T>(await open(name))
    } catch {
        return inMemory<T>()
    }
}
