import type { components } from '@/api/frames'

type Schemas = components['schemas']
type Named<Prefix extends string> = {
    [Key in keyof Schemas]: Key extends `${Prefix}_${string}` ? Schemas[Key] : never
}[keyof Schemas]

/** What a client may say on the live socket, and what the server says; both from the AsyncAPI document. */
export type ClientFrame = Named<'client'>
export type ServerFrame = Named<'server'>
export type Frame<Type extends ServerFrame['type']> = Extract<ServerFrame, { type: Type }>

export type Entry = Schemas['EntryView']
export type EntryBody = Schemas['EntryBody']
export type RoomView = Schemas['RoomView']
export type DisputeView = Schemas['DisputeView']
export type Problem = Schemas['Problem']
export type RoomId = string
export type PersonId = string
