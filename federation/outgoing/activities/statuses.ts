/** Activities about statuses: Create, Update, Delete, Announce, Like, votes, and their Undos. */
import type { EventOf } from '#src/outbox/events.ts'
import { inboxOf, type Recipients } from '#src/outgoing/recipients.ts'
import type { App } from '#src/platform/app.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { loadOutgoingStatus, type OutgoingStatus } from '#src/statuses/access/outgoing-status.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { isFavourite } from '#src/statuses/interactions/favourite.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { addressFor, withGroup } from '../../documents/addressing.ts'
import type { JsonObject } from '../../documents/json.ts'
import { toVote } from '../../documents/polls.ts'
import { toUndoCoveredLike } from '../../documents/reactions.ts'
import { bare, toLike, toUndo } from '../../documents/relations.ts'
import { isBoost, toAnnounce, toCreate, toDeleteNote, toUpdateNote } from '../../documents/statuses.ts'
import { type Builders, type Built, type Direct, ending } from './activity.ts'
import { isLocal, loadLocal, surroundingsOf } from './load.ts'

export const statusActivities = {
  'status.published': async (app, { statusId }) => {
    const [status] = await loadLocal(app, statusId)
    // The consent may be revoked before the job runs.
    return status?.consent === null
      ? {
          accountId: status.accountId,
          activity: toCreate(status, app.uris, await surroundingsOf(app, statusId)),
          recipients: { status: statusId },
          of: statusId,
        }
      : null
  },

  'status.edited': buildUpdate,

  'status.refreshed': buildUpdate,

  'poll.tallied': buildUpdate,

  'status.deleted': async (app, { statusId }, key) => {
    const status = await loadOutgoingStatus(app.db, statusId)
    if (!status?.isLocal || status.staysHere) return null
    const audience = addressFor(
      status.visibility,
      app.uris.followers(status.accountId),
      withGroup(status.mentionedUris, status.audienceUri),
    )
    const activity = toDeleteNote(
      app.uris.activity('deletes', key),
      app.uris.account(status.accountId),
      status.uri,
      audience,
    )
    const recipients = await everyoneReached(app, statusId, status)
    return {
      accountId: status.accountId,
      activity,
      recipients: recipients.status ? { ...recipients, deleteOf: statusId } : recipients,
      ends: { statusId },
    }
  },

  'reblog.created': async (app, { statusId }) => {
    const [boost] = await loadLocal(app, statusId)
    return boost && isBoost(boost)
      ? {
          accountId: boost.accountId,
          activity: toAnnounce(boost, app.uris),
          recipients: { status: statusId },
          of: statusId,
        }
      : null
  },

  'reblog.removed': async (app, { statusId }, key) => {
    const boost = await loadOutgoingStatus(app.db, statusId)
    if (!boost?.isLocal || boost.staysHere || !boost.boosted) return null
    const announce = bare('Announce', {
      id: boost.uri,
      actor: app.uris.account(boost.accountId),
      object: boost.boosted.uri,
    })
    const audience = addressFor(boost.visibility, app.uris.followers(boost.accountId), [boost.boosted.author])
    return {
      accountId: boost.accountId,
      activity: toUndo(app.uris.activity('undos', key), announce, audience),
      recipients: await everyoneReached(app, statusId, boost),
      ends: { statusId },
    }
  },

  // Jobs run side by side: a favourite that was undone before its job ran is not sent at all, as it might arrive after the Undo.
  'favourite.created': async (app, event) =>
    (await isFavourite(app.db, event.favouriteId))
      ? buildFavourite(app, event, (like, author) => toLike(like, author))
      : null,

  'favourite.removed': async (app, event, key) =>
    ending(
      app.uris.activity('likes', event.favouriteId),
      await buildFavourite(app, event, (like, author) =>
        event.reactionsStay
          ? toUndoCoveredLike(app.uris.activity('undos', key), like, author)
          : toUndo(app.uris.activity('undos', key), bare('Like', like), { to: [author] }),
      ),
    ),

  'poll.voted': async (app, { accountId, statusId, positions }, key) => {
    const [poll] = await loadStatusViews(app.db, accountId, [statusId])
    const inbox = poll && (await inboxOf(app.db, poll.accountId))
    if (!poll?.poll || !inbox || !(await isLocal(app, accountId))) return null
    const {
      uri,
      account,
      poll: { options },
    } = poll
    const vote = { actor: app.uris.account(accountId), poll: uri, author: account.uri, at: new Date() }
    return positions.flatMap((position) => {
      const option = options[position]?.title
      return option === undefined
        ? []
        : {
            accountId,
            activity: toVote(app.uris.activity('votes', `${key}-${position}`), { ...vote, option }),
            recipients: { inboxes: [inbox] },
          }
    })
  },
} satisfies Partial<Builders>

/** An Update with the current state of a status. */
async function buildUpdate(app: App, { statusId }: { statusId: StatusId }, key: string): Promise<Built> {
  const [status] = await loadLocal(app, statusId)
  // A status that waits for a consent is sent, in its state by then, once the consent is there.
  return status?.consent === null
    ? {
        accountId: status.accountId,
        activity: toUpdateNote(
          app.uris.activity('updates', key),
          status,
          app.uris,
          await surroundingsOf(app, statusId),
        ),
        recipients: { status: statusId, ...(isOpen(status.visibility) ? { reachedBy: statusId } : {}) },
        of: statusId,
      }
    : null
}

/**
 * Recipients of the Delete or Undo of a status or boost: its audience, and every server that it reached. If it waited for a consent, only
 * the account that was asked.
 */
async function everyoneReached(app: App, statusId: StatusId, { askedId }: OutgoingStatus): Promise<Recipients> {
  if (!askedId) return { status: statusId, reachedBy: statusId }
  const inbox = await inboxOf(app.db, askedId)
  return { inboxes: inbox ? [inbox] : [] }
}

async function buildFavourite(
  app: App,
  { accountId, statusId, favouriteId }: EventOf<'favourite.created' | 'favourite.removed'>,
  toActivity: (like: { id: string; actor: string; object: string }, author: string) => JsonObject,
): Promise<Direct | null> {
  const status = await loadOutgoingStatus(app.db, statusId)
  const inbox = status && (await inboxOf(app.db, status.accountId))
  if (!inbox || !(await isLocal(app, accountId))) return null
  const like = { id: app.uris.activity('likes', favouriteId), actor: app.uris.account(accountId), object: status.uri }
  return { accountId, activity: toActivity(like, status.authorUri), recipients: { inboxes: [inbox] } }
}
