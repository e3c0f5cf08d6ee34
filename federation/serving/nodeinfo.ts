import { countLocalReplies } from '#src/instance/local-replies.ts'
import { loadTotals } from '#src/instance/stats.ts'
import type { App } from '#src/platform/app.ts'
import { version as softwareVersion } from '#src/platform/version.ts'
import { loadSettings } from '#src/rules/settings.ts'
import type { JsonObject } from '../documents/json.ts'

/** The newest version last: clients that read all links end with it. */
export const nodeInfoVersions = ['2.0', '2.1'] as const

export const nodeInfoSchema = (version: string): string => `http://nodeinfo.diaspora.software/ns/schema/${version}`

/**
 * NodeInfo: software and statistics of this server. Its numbers may be a few minutes old.
 *
 * @see https://nodeinfo.diaspora.software/schema.html
 */
export async function nodeInfo(app: App, version: (typeof nodeInfoVersions)[number]): Promise<JsonObject> {
  const [settings, { users, activeMonth, activeHalfyear, localStatuses }, localComments] = await Promise.all([
    loadSettings(app.db),
    loadTotals(app.db),
    countLocalReplies(app.db),
  ])
  return {
    version,
    software: { name: 'pipit', version: softwareVersion },
    protocols: ['activitypub'],
    services: { inbound: [], outbound: [] },
    openRegistrations: settings.registrations === 'open',
    usage: { users: { total: users, activeMonth, activeHalfyear }, localPosts: localStatuses, localComments },
    // Apps recognise by it that the server has Mastodon's API.
    metadata: { nodeName: settings.title, nodeDescription: settings.description, upstream: { name: 'mastodon' } },
  }
}
