import { loadAccountViews } from '#src/accounts/views.ts'
/**
 * What other servers are sent of accounts and statuses: texts that were made once. Of a status only the counts, which change
 * with every favourite, are put in when it is sent.
 */
import type { AskedAccount } from '#src/outgoing/documents/accounts.ts'
import { type Document, documentOf, makeDocuments } from '#src/outgoing/documents/keep.ts'
import type { StatusDocument } from '#src/outgoing/documents/statuses.ts'
import type { App } from '#src/platform/app.ts'
import { loadSurroundings, type Surroundings } from '#src/statuses/threads/surroundings.ts'
import { loadStatusViews, type StatusView } from '#src/statuses/views/views.ts'
import { toActor } from '../documents/actor.ts'
import { context } from '../documents/context.ts'
import type { JsonObject } from '../documents/json.ts'
import { toCounts, toUncountedNote } from '../documents/note.ts'
import { toEnvelope } from '../documents/statuses.ts'
import { readSigningKeys } from '../signatures/own-keys.ts'

/** JSON and what its ETag says. */
export type Text = { json: string; etag: string }

const contextJson = JSON.stringify(context)

/** JSON of an object with further members behind or before those that it has. */
const joined = (...objects: string[]): string => `{${objects.map((object) => object.slice(1, -1)).join(',')}}`

export const withContext = (json: string): string => joined(`{"@context":${contextJson}}`, json)

/** The actor of an account that is neither suspended nor deleted; null where it has no keys. */
export async function actorText(app: App, fingerprint: string, account: AskedAccount): Promise<Text | null> {
  const document =
    documentOf(account) ??
    (
      await makeDocuments(app.db, fingerprint, [account.uri], async () => {
        const [view] = await loadAccountViews(app.db, [account.id])
        const keys = await readSigningKeys(app, account.id)
        if (!view || !keys || view.suspendedAt) return new Map()
        const { '@context': _, ...actor } = toActor(view, keys, app.uris)
        return new Map([[account.uri, { body: JSON.stringify(actor), envelope: null, isLasting: true }]])
      })
    ).get(account.uri)
  return document?.body ? { json: withContext(document.body), etag: document.etag } : null
}

/** Objects and activities of statuses that everybody may see, without context, in their order. */
export async function statusTexts(
  app: App,
  fingerprint: string,
  asked: StatusDocument[],
): Promise<{ object: Text | null; activity: Text }[]> {
  const missing = asked.filter((status) => !documentOf(status))
  const made = await makeDocuments(
    app.db,
    fingerprint,
    missing.map(({ uri }) => uri),
    async () => {
      const ids = missing.map(({ id }) => id)
      const [views, surroundings] = [await loadStatusViews(app.db, null, ids), await loadSurroundings(app.db, ids)]
      return new Map(
        views.map((view) => [
          view.uri,
          { ...toParts(app, view, surroundings.get(view.id)), isLasting: isLasting(view) },
        ]),
      )
    },
  )
  return asked.flatMap((status) => {
    const document = documentOf(status) ?? made.get(status.uri)
    return document ? [toTexts(status, document)] : []
  })
}

function toParts({ uris }: App, view: StatusView, around: Surroundings | undefined): Omit<Document, 'etag'> {
  return {
    body: view.reblog ? null : JSON.stringify(toUncountedNote(view, uris, around)),
    envelope: JSON.stringify(toEnvelope(view, uris)),
  }
}

/** Votes change a poll, and what becomes of a quoted status or its author changes a quote, without a word to this one. */
const isLasting = ({ poll, quote }: StatusView): boolean => poll === null && quote === null

function toTexts(status: StatusDocument, { body, envelope, etag }: Document): { object: Text | null; activity: Text } {
  if (body === null) return { object: null, activity: { json: envelope ?? '{}', etag } }
  const object = joined(body, JSON.stringify(toCounts(status)))
  const counted = `${etag}-${status.favouritesCount}-${status.reblogsCount}`
  return {
    object: { json: object, etag: counted },
    activity: { json: joined(envelope ?? '{}', `{"object":${object}}`), etag: `${counted}-a` },
  }
}

/** A status as somebody sees it who may see more than everybody: made for them, and not kept. */
export async function textsFor(
  app: App,
  view: StatusView,
): Promise<{ object: JsonObject | null; activity: JsonObject }> {
  const around = (await loadSurroundings(app.db, [view.id])).get(view.id)
  const object = view.reblog ? null : { ...toUncountedNote(view, app.uris, around), ...toCounts(view) }
  return { object, activity: { ...toEnvelope(view, app.uris), ...(object ? { object } : {}) } }
}
