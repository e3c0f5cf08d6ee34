/** Fedify, assembled with our stores, loaders and inbox listeners. */
import { createFederation as createFedify, type Federation } from '@fedify/fedify'
import type { App } from '#src/platform/app.ts'
import type { Core } from '../core.ts'
import { fetchDocument, newBudget } from '../fetching/fetch-document.ts'
import { contextLoader } from '../signatures/context-loader.ts'
import type { ListenerContext } from './kinds.ts'
import { kvStore } from './kv.ts'
import { setInboxListeners } from './listeners.ts'
import { inboxQueue } from './queue.ts'

/**
 * Makes the Fedify instance that hands received activities to their listeners. It makes requests only through our HTTP client, and
 * starts no workers: the jobs of `federationTasks` do its work.
 */
export function buildFederation(app: App): Federation<ListenerContext> {
  const loader = documentLoader(app)
  const federation = createFedify<ListenerContext>({
    // Never the Host header of a request.
    origin: { handleHost: app.config.handleHost, webOrigin: app.config.origin },
    kv: kvStore(app),
    queue: { inbox: inboxQueue(app) },
    manuallyStartQueue: true,
    documentLoaderFactory: () => loader,
    authenticatedDocumentLoaderFactory: () => loader,
    contextLoaderFactory: () => contextLoader,
    firstKnock: 'draft-cavage-http-signatures-12',
  })
  // Fedify requires an actor dispatcher for inboxes; our own routes serve the actors.
  federation.setActorDispatcher('/ap/accounts/{identifier}', () => null)
  setInboxListeners(federation)
  return federation
}

/** Documents for Fedify, signed for by the instance. */
function documentLoader(core: Core) {
  return async (url: string) => {
    const { json, url: documentUrl } = await fetchDocument(core, url, newBudget(3))
    return { contextUrl: null, documentUrl, document: json }
  }
}
