/** Activities about an account itself: Update, Move, Delete, its pinned posts and featured tags, and reports (Flag). */
import { loadAccountViews } from '#src/accounts/views.ts'
import type { EventOf } from '#src/outbox/events.ts'
import { inboxOf } from '#src/outgoing/recipients.ts'
import type { App } from '#src/platform/app.ts'
import { loadReportMap } from '#src/reading/notifications/reports.ts'
import { isFeatured } from '#src/reading/tags/feature.ts'
import { loadOutgoingStatus } from '#src/statuses/access/outgoing-status.ts'
import { isPinned } from '#src/statuses/interactions/pin.ts'
import { reportedForForwarding } from '#src/statuses/reported.ts'
import { toActor } from '../../documents/actor.ts'
import { addressFor } from '../../documents/addressing.ts'
import { toFlag } from '../../documents/flag.ts'
import { toHashtag } from '../../documents/hashtag.ts'
import { toDeleteActor, toMove, toUpdateActor } from '../../documents/relations.ts'
import { toFeature } from '../../documents/statuses.ts'
import { readSigningKeys } from '../../signatures/own-keys.ts'
import type { Builders, Built } from './activity.ts'

export const accountActivities = {
  'account.updated': async (app, { accountId }, key) => {
    const [account] = await loadAccountViews(app.db, [accountId])
    const keys = await readSigningKeys(app, accountId)
    if (!account?.isLocal || account.deletedAt || !keys) return null
    // That of a suspended account says so, and no more.
    const activity = toUpdateActor(
      app.uris.activity('updates', key),
      toActor(account, keys, app.uris),
      app.uris.followers(accountId),
    )
    return { accountId, activity, recipients: { followersOf: accountId, recentContactsOf: accountId } }
  },

  'account.moved': async (app, { accountId, targetId }, key) => {
    const [account] = await loadAccountViews(app.db, [accountId])
    // A move that was called off meanwhile is not sent.
    if (!account?.isLocal || !account.moved || account.movedToId !== targetId) return null
    const move = {
      id: app.uris.activity('moves', key),
      actor: account.uri,
      object: account.uri,
      target: account.moved.uri,
    }
    return {
      accountId,
      activity: toMove(move, app.uris.followers(accountId)),
      recipients: { followersOf: accountId, blockersOf: accountId },
    }
  },

  'account.deleted': async (app, { accountId }, key) => {
    const activity = toDeleteActor(app.uris.activity('deletes', key), app.uris.account(accountId))
    return { accountId, activity, recipients: { followersOf: accountId, deleteOf: accountId } }
  },

  'status.pinned': async (app, event, key) =>
    (await isPinned(app.db, event.accountId, event.statusId))
      ? buildFeature(app, event, 'Add', app.uris.activity('adds', key))
      : null,

  'status.unpinned': async (app, event, key) =>
    (await isPinned(app.db, event.accountId, event.statusId))
      ? null
      : buildFeature(app, event, 'Remove', app.uris.activity('removes', key)),

  'tag.featured': async (app, event, key) =>
    (await isFeatured(app.db, event.accountId, event.tagId))
      ? buildTagFeature(app, event, 'Add', app.uris.activity('adds', key))
      : null,

  'tag.unfeatured': async (app, event, key) =>
    (await isFeatured(app.db, event.accountId, event.tagId))
      ? null
      : buildTagFeature(app, event, 'Remove', app.uris.activity('removes', key)),

  'report.created': async (app, { reportId, domains }) => {
    const report = (await loadReportMap(app.db, [reportId])).get(reportId)
    const inbox = report?.isForwarded && (await inboxOf(app.db, report.targetId))
    if (!report?.uri || !inbox) return null
    const reported = await reportedForForwarding(app.db, report.statusIds)
    const further = reported.flatMap(({ answeredDomain, answeredInbox }) =>
      answeredDomain && answeredInbox && domains.includes(answeredDomain) ? [answeredInbox] : [],
    )
    return {
      accountId: null,
      activity: toFlag(report.uri, app.uris.instanceActor, report.comment, [
        report.target.uri,
        ...reported.map(({ uri }) => uri),
      ]),
      recipients: { inboxes: [inbox, ...further] },
    }
  },
} satisfies Partial<Builders>

async function buildFeature(
  app: App,
  { accountId, statusId }: EventOf<'status.pinned' | 'status.unpinned'>,
  type: 'Add' | 'Remove',
  id: string,
): Promise<Built> {
  const status = await loadOutgoingStatus(app.db, statusId)
  if (!status?.isLocal || status.staysHere || status.deletedAt || status.askedId !== null) return null
  if (status.accountId !== accountId) return null
  const audience = addressFor(status.visibility, app.uris.followers(accountId), [])
  return {
    accountId,
    activity: toFeature(
      type,
      id,
      { actor: status.authorUri, object: status.uri, target: app.uris.featured(accountId) },
      audience,
    ),
    recipients: { followersOf: accountId },
  }
}

async function buildTagFeature(
  app: App,
  { accountId, name }: EventOf<'tag.featured' | 'tag.unfeatured'>,
  type: 'Add' | 'Remove',
  id: string,
): Promise<Built> {
  const [account] = await loadAccountViews(app.db, [accountId])
  if (!account?.isLocal || account.suspendedAt || !account.showsFeatured) return null
  const feature = { actor: account.uri, object: toHashtag(name, app.uris), target: app.uris.featured(accountId) }
  return {
    accountId,
    activity: toFeature(type, id, feature, addressFor('public', app.uris.followers(accountId), [])),
    recipients: { followersOf: accountId },
  }
}
