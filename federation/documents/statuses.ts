/** Activities of an author with their own statuses: Create, Update, Announce, Delete, Add, Remove. */
import type { StatusId } from '#src/platform/ids.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { Surroundings } from '#src/statuses/threads/surroundings.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import type { Audience } from './addressing.ts'
import { context } from './context.ts'
import { approvalTerms } from './interactions.ts'
import type { JsonObject } from './json.ts'
import { audienceOf, toNote } from './note.ts'

/** The id of a status's Create, under which the Create can be fetched. */
export const createUri = (id: StatusId, uris: Uris): string => uris.activity('creates', id)

export const toCreate = (status: StatusView, uris: Uris, around?: Surroundings): JsonObject => ({
  '@context': context,
  ...toCreateEnvelope(status, uris),
  object: toNote(status, uris, around),
})

function toCreateEnvelope(status: StatusView, uris: Uris): JsonObject {
  return {
    id: createUri(status.id, uris),
    type: 'Create',
    actor: status.account.uri,
    published: status.createdAt.toISOString(),
    ...audienceOf(status, uris),
    ...(status.audienceUri ? { audience: status.audienceUri } : {}),
  }
}

/** The Update of an edited status, to the same audience as its Create. */
export function toUpdateNote(id: string, status: StatusView, uris: Uris, around?: Surroundings): JsonObject {
  return {
    '@context': context,
    id,
    type: 'Update',
    actor: status.account.uri,
    ...audienceOf(status, uris),
    object: toNote(status, uris, around),
  }
}

function toBareAnnounce(boost: StatusView & { reblog: StatusView }, uris: Uris): JsonObject {
  return {
    id: boost.uri,
    type: 'Announce',
    actor: boost.account.uri,
    published: boost.createdAt.toISOString(),
    ...audienceOf(boost, uris),
    object: boost.reblog.uri,
    ...approvalTerms('announce', boost.approvalUri),
  }
}

/** A local boost as its Announce. */
export const toAnnounce = (boost: StatusView & { reblog: StatusView }, uris: Uris): JsonObject => ({
  '@context': context,
  ...toBareAnnounce(boost, uris),
})

/** The Announce of a boost, or the Create of a status without its object; without context. */
export const toEnvelope = (status: StatusView, uris: Uris): JsonObject =>
  isBoost(status) ? toBareAnnounce(status, uris) : toCreateEnvelope(status, uris)

export const isBoost = (status: StatusView): status is StatusView & { reblog: StatusView } => status.reblog !== null

export function toDeleteNote(id: string, actor: string, note: string, audience: Audience): JsonObject {
  return { '@context': context, id, type: 'Delete', actor, ...audience, object: { id: note, type: 'Tombstone' } }
}

/** Adds a status or hashtag to its author's featured ones, or removes it. */
export function toFeature(
  type: 'Add' | 'Remove',
  id: string,
  { actor, object, target }: { actor: string; object: string | JsonObject; target: string },
  audience: Audience,
): JsonObject {
  return { '@context': context, id, type, actor, ...audience, object, target }
}
