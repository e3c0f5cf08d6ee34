/**
 * Documents of accounts and statuses, made once and stored. Only a status's counts, which change with every favourite, are added when
 * it is sent.
 */
import { loadAccountViews } from '#src/accounts/views.ts'
import type { AskedAccount } from '#src/outgoing/documents/accounts.ts'
import type { StatusDocument } from '#src/outgoing/documents/statuses.ts'
import { type Document, documentOf, makeDocuments } from '#src/outgoing/documents/stored.ts'
import type { App } from '#src/platform/app.ts'
import { loadSurroundings, type Surroundings } from '#src/statuses/threads/surroundings.ts'
import { loadStatusViews, type StatusView } from '#src/statuses/views/views.ts'
import { toActor } from '../documents/actor.ts'
import { context, featureContext } from '../documents/context.ts'
import type { JsonObject } from '../documents/json.ts'
import { toCounts, toUncountedNote } from '../documents/note.ts'
import { toEnvelope } from '../documents/statuses.ts'
import { readSigningKeys } from '../signatures/own-keys.ts'

/** JSON and its ETag. */
export type Text = { json: string; etag: string }

const contextJson = JSON.stringify(context)

/** Joins the members of JSON objects into one object. */
const joined = (...objects: string[]): string => `{${objects.map((object) => object.slice(1, -1)).join(',')}}`

export const withContext = (json: string): string => joined(`{"@context":${contextJson}}`, json)

const withFeatureContext = (json: string): string => joined(`{"@context":${JSON.stringify(featureContext)}}`, json)

/** The stored actor of an account that is neither suspended nor deleted. */
export const storedActorText = (account: AskedAccount): Text | null => toActorText(documentOf(account))

/** The same, made and stored; null where the account has no keys. */
export async function makeActorText(app: App, fingerprint: string, account: AskedAccount): Promise<Text | null> {
  const made = await makeDocuments(app.db, fingerprint, [account.uri], async () => {
    const [view] = await loadAccountViews(app.db, [account.id])
    const keys = await readSigningKeys(app, account.id)
    if (!view || !keys || view.suspendedAt) return new Map()
    const { '@context': _, ...actor } = toActor(view, keys, app.uris)
    return new Map([[account.uri, { body: JSON.stringify(actor), envelope: null, isLasting: true }]])
  })
  return toActorText(made.get(account.uri))
}

const toActorText = (document: Document | null | undefined): Text | null =>
  document?.body ? { json: withFeatureContext(document.body), etag: document.etag } : null

/** The object of a status, null for a boost, and its activity. */
export type StatusTexts = { object: Text | null; activity: Text }

/** Those of a public or unlisted status, if they are stored, without context. */
export function storedStatusTexts(status: StatusDocument): StatusTexts | null {
  const document = documentOf(status)
  return document && toTexts(status, document)
}

/** The same for several objects, in the given order. Missing documents are made. */
export async function statusTexts(app: App, fingerprint: string, requested: StatusDocument[]): Promise<StatusTexts[]> {
  const missing = requested.filter((status) => !documentOf(status))
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
  return requested.flatMap((status) => {
    const document = documentOf(status) ?? made.get(status.uri)
    return document ? [toTexts(status, document)] : []
  })
}

function toParts({ uris }: App, view: StatusView, surroundings: Surroundings | undefined): Omit<Document, 'etag'> {
  return {
    body: view.reblog ? null : JSON.stringify(toUncountedNote(view, uris, surroundings)),
    envelope: JSON.stringify(toEnvelope(view, uris)),
  }
}

/** Votes change a poll, and changes of the quoted status or its author change a quote, without an event about this status. */
const isLasting = ({ poll, quote }: StatusView): boolean => poll === null && quote === null

function toTexts(status: StatusDocument, { body, envelope, etag }: Document): StatusTexts {
  if (body === null) return { object: null, activity: { json: envelope ?? '{}', etag } }
  const object = joined(body, JSON.stringify(toCounts(status)))
  const counted = `${etag}-${status.favouritesCount}-${status.reblogsCount}`
  return {
    object: { json: object, etag: counted },
    activity: { json: joined(envelope ?? '{}', `{"object":${object}}`), etag: `${counted}-a` },
  }
}

/** Documents of a status that is neither public nor unlisted: made for one viewer, and not stored. */
export async function textsFor(
  app: App,
  view: StatusView,
): Promise<{ object: JsonObject | null; activity: JsonObject }> {
  const surroundings = (await loadSurroundings(app.db, [view.id])).get(view.id)
  const object = view.reblog ? null : { ...toUncountedNote(view, app.uris, surroundings), ...toCounts(view) }
  return { object, activity: { ...toEnvelope(view, app.uris), ...(object ? { object } : {}) } }
}
