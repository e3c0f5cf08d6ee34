/**
 * Fedify as the dispatcher of received activities: finds the listener of an activity that we have verified, and runs it.
 *
 * Nothing from outside reaches this Fedify instance, which verifies no signatures. It stays inside this file, and only the `inbox` job
 * calls the function below. Requests to our inboxes go to `receivePost`, which verifies them and queues the job.
 */
import { createFederation, MemoryKvStore } from '@fedify/fedify'
import type { App } from '#src/platform/app.ts'
import { activityStreams } from '../documents/json.ts'
import { contextLoader } from '../signatures/context-loader.ts'
import { type DispatchActivity, typeOf } from './kinds.ts'
import { type ListenerContext, setInboxListeners } from './listeners.ts'

/** Makes the function that hands a verified activity to its listener. */
export function activityDispatcher(app: App): DispatchActivity {
  const federation = createFederation<ListenerContext>({
    origin: { handleHost: app.config.handleHost, webOrigin: app.config.origin },
    // Stays empty: repeats are recorded by `takeEffect`, and keys by `peerKey`.
    kv: new MemoryKvStore(),
    skipSignatureVerification: true,
    documentLoaderFactory: () => nothing,
    authenticatedDocumentLoaderFactory: () => nothing,
    contextLoaderFactory: () => contextLoader,
  })
  // Fedify requires an actor dispatcher for inboxes; our own routes serve the actors.
  federation.setActorDispatcher('/ap/accounts/{identifier}', () => null)
  setInboxListeners(federation)

  return async (kind, actor, received) => {
    // Fedify gets only the properties by which it finds the listener: its vocabulary rejects whole activities for one odd date in them.
    const request = new Request(app.uris.sharedInbox, {
      method: 'POST',
      headers: { 'content-type': 'application/activity+json' },
      body: JSON.stringify({ '@context': activityStreams, type: typeOf(kind), actor }),
    })
    // A new one for each activity: it carries the error back.
    const contextData: ListenerContext = { ...app, received }
    const { status } = await federation.fetch(request, { contextData })
    if (status !== 202) throw contextData.error ?? new Error(`Fedify answered ${status} to an activity of kind ${kind}`)
  }
}

/** A document loader. The activities that Fedify gets need no documents. */
async function nothing(url: string): Promise<never> {
  throw new Error(`Fedify asked for ${url}`)
}
