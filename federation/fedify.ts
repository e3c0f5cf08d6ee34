/** Fedify with our parts: who can be found here, what this server is, and who listens to what arrives. */
import { createFederation as createFedify, type Federation } from '@fedify/fedify'
import { Application, Person, Service, Tombstone } from '@fedify/vocab'
import { localAccount } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { App } from '#src/app.ts'
import { type AccountId, isId } from '#src/ids.ts'
import { instanceName, toActor, toInstanceActor } from './activities/actor.ts'
import { contextLoader } from './contexts.ts'
import type { Core } from './core.ts'
import { fetchDocument, newBudget } from './documents.ts'
import { setInboxListeners } from './inbox/index.ts'
import type { Visit } from './inbox/kinds.ts'
import { instanceKeys, signingKeys } from './keys.ts'
import { kvStore } from './kv.ts'
import { nodeInfo } from './nodeinfo.ts'
import { inboxQueue } from './queue.ts'

/** The identifier of the instance's own actor; those of accounts are their ids. */
const instance = 'instance'

/**
 * Makes what serves WebFinger and NodeInfo and hands received activities to their listeners. It asks nobody by itself but
 * through our door out, and starts no workers: the jobs of `federationTasks` do its work.
 */
export function buildFederation(app: App): Federation<Visit> {
  const loader = documentLoader(app)
  const federation = createFedify<Visit>({
    // Never what a request claims to be its host.
    origin: { handleHost: app.config.handleHost, webOrigin: app.config.origin },
    kv: kvStore(app),
    queue: { inbox: inboxQueue(app) },
    manuallyStartQueue: true,
    documentLoaderFactory: () => loader,
    authenticatedDocumentLoaderFactory: () => loader,
    contextLoaderFactory: () => contextLoader,
    firstKnock: 'draft-cavage-http-signatures-12',
  })
  setActors(federation)
  federation.setNodeInfoDispatcher('/nodeinfo/2.1', ({ data }) => nodeInfo(data))
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

function setActors(federation: Federation<Visit>): void {
  federation
    .setActorDispatcher('/ap/accounts/{identifier}', async ({ data: app }, identifier) => {
      if (identifier === instance) return (await Application.fromJsonLd(toInstanceActor(await instanceKeys(app), app.uris), loaders)) as Application
      if (!isId(identifier)) return null
      const [account] = await loadAccountViews(app.db, [identifier as AccountId])
      if (!account?.isLocal) return null
      const keys = await signingKeys(app, account.id)
      if (account.suspendedAt || !keys) return new Tombstone({ id: new URL(account.uri) })
      const json = toActor(account, keys, app.uris)
      return json['type'] === 'Person' ? Person.fromJsonLd(json, loaders) : Service.fromJsonLd(json, loaders)
    })
    .mapActorAlias('/ap/instance', instance)
    .mapHandle(async ({ data: app }, username) => {
      const name = username.toLowerCase()
      return name === instanceName(app.uris) ? instance : localAccount(app.db, name)
    })
}

const loaders = { contextLoader, documentLoader: contextLoader }

