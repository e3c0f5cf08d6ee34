/** The kinds of activities that do something here. Every other is answered with thanks, and forgotten. */
import type { Federation } from '@fedify/fedify'
import type { App } from '#src/app.ts'

const kinds = ['Accept', 'Announce', 'Block', 'Create', 'Delete', 'Follow', 'Like', 'Reject', 'Undo', 'Update'] as const
export type Kind = (typeof kinds)[number]

export type Message = Parameters<Federation<App>['processQueuedTask']>[1]

export const knownKind = (types: string[]): Kind | undefined => kinds.find((kind) => types.includes(kind))

/** A received activity as Fedify queues it. The shape is Fedify's own matter: a test holds it against what Fedify makes. */
export function toMessage(activity: object, origin: string): Message {
  return {
    type: 'inbox',
    id: crypto.randomUUID(),
    baseUrl: origin,
    activity,
    identifier: null,
    attempt: 0,
    started: new Date().toISOString(),
    traceContext: {},
  } as unknown as Message
}
