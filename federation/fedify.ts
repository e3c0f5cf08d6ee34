/**
 * The Fedify instance: it serves our documents, and hands activities that we have verified to their listeners.
 *
 * It verifies no signatures: `receivePost` has verified those of received activities, and `refusal` those of requests
 * for documents. So no request from outside reaches it. It stays inside this file, which makes the requests that it
 * gets: a GET of one of our documents, a WebFinger request for one of our actors, and the POST of an activity for the `inbox` job.
 */
import { createFederation, MemoryKvStore } from '@fedify/fedify'
import type { App } from '#src/platform/app.ts'
import { activityStreams, activityType } from './documents/json.ts'
import type { FedifyData, Receiving } from './fedify-data.ts'
import { type DispatchActivity, typeIri } from './incoming/kinds.ts'
import { setInboxListeners } from './incoming/listeners.ts'
import type { Asked } from './serving/asked.ts'
import { setDispatchers } from './serving/dispatchers.ts'
import type { Discovered, Jrd } from './serving/jrd.ts'
import { missing } from './serving/negotiation.ts'

/** Answers a request for a document. Its path is one of `documents`. */
type ServeDocument = (path: string, asked: Asked) => Promise<Response>

/** The WebFinger answer for a local actor. */
type Discover = (found: Discovered) => Promise<Jrd>

export type Layer = { serve: ServeDocument; discover: Discover; dispatch: DispatchActivity }

/** Makes the three functions by which Fedify is used. */
export function openFedify(app: App): Layer {
  const federation = createFederation<FedifyData>({
    origin: { handleHost: app.config.handleHost, webOrigin: app.config.origin },
    // Stays empty: repeats are recorded by `takeEffect`, and keys by `peerKey`.
    kv: new MemoryKvStore(),
    skipSignatureVerification: true,
    documentLoaderFactory: () => nothing,
    authenticatedDocumentLoaderFactory: () => nothing,
    contextLoaderFactory: () => nothing,
  })
  setDispatchers(federation)
  setInboxListeners(federation)

  return {
    serve: (path, asked) => {
      // Always of our own origin, whatever host was asked. Negotiation was done before.
      const request = new Request(`${app.config.origin}${path}`, { headers: { accept: activityType } })
      // Fedify changes the headers of the answers that it gets, so it gets only documents.
      const onNotFound = () => {
        asked.answer ??= missing()
        return new Response(null, { status: 404 })
      }
      return federation.fetch(request, { contextData: { asked }, onNotFound })
    },
    discover: async (found) => {
      // Always by its handle: Fedify repeats the resource as the subject.
      const url = new URL('/.well-known/webfinger', app.config.origin)
      url.searchParams.set('resource', `acct:${found.username}@${app.uris.handleHost}`)
      const response = await federation.fetch(new Request(url), { contextData: { found } })
      if (!response.ok) throw new Error(`Fedify answered ${response.status} to ${url}`)
      return (await response.json()) as Jrd
    },
    dispatch: async (kind, actor, received) => {
      // Fedify gets only the properties by which it finds the listener: its vocabulary rejects whole activities for one odd date in
      // them. They are written in full, so that no context has to be resolved.
      const request = new Request(app.uris.sharedInbox, {
        method: 'POST',
        headers: { 'content-type': activityType },
        body: JSON.stringify({ '@type': [typeIri(kind)], [`${activityStreams}#actor`]: [{ '@id': actor }] }),
      })
      // A new one for each activity: it carries the error back.
      const contextData: Receiving = { app, received }
      const { status } = await federation.fetch(request, { contextData })
      if (status !== 202)
        throw contextData.error ?? new Error(`Fedify answered ${status} to an activity of kind ${kind}`)
    },
  }
}

/** A loader of documents and contexts. Neither our documents nor the activities that Fedify gets need others. */
async function nothing(url: string): Promise<never> {
  throw new Error(`Fedify asked for ${url}`)
}
