import type { Federation } from '@fedify/fedify'
import type { App } from '#src/app.ts'
import { loadSettings } from '#src/instance/settings.ts'
import { loadTotals } from '#src/instance/stats.ts'
import { version } from '#src/version.ts'
import type { JsonObject } from './json.ts'

type NodeInfo = Awaited<ReturnType<Parameters<Federation<App>['setNodeInfoDispatcher']>[1]>>

/** What this server is, for statistics of the fediverse and for apps. */
export async function nodeInfo(app: App): Promise<NodeInfo> {
  const settings = await loadSettings(app.db)
  const { users, activeMonth, activeHalfyear, localStatuses } = await loadTotals(app.db)
  return {
    software: { name: 'pipit', version },
    protocols: ['activitypub'],
    services: { inbound: [], outbound: [] },
    openRegistrations: settings.registrations === 'open',
    usage: { users: { total: users, activeMonth, activeHalfyear }, localPosts: localStatuses, localComments: 0 },
    // Apps that look for servers with this API tell by it that they found one.
    metadata: { nodeName: settings.title, nodeDescription: settings.description, upstream: { name: 'mastodon' } },
  }
}

/**
 * The same in the older version, which many crawlers ask for.
 *
 * @see https://nodeinfo.diaspora.software/ns/schema/2.0
 */
export async function nodeInfo20(app: App): Promise<JsonObject> {
  const info = await nodeInfo(app)
  const { users, localPosts } = info.usage
  return { version: '2.0', ...info, usage: { users, localPosts } }
}
