/** The `federate` job: turns an event into an activity, stored once, with one delivery per recipient inbox. */
import { accountHead } from '#src/accounts/find.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { forgetFollowers } from '#src/erasure/delete-account.ts'
import { relayActor, loadRelay } from '#src/incoming/relays/manage.ts'
import { forgetDeleteRecipients } from '#src/outbox/delete-recipients.ts'
import type { EventOf, FederatedEvent } from '#src/outbox/events.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import { giveUpRetries } from '#src/outgoing/give-up-retries.ts'
import { hasRecipients, inboxOf, type Recipients } from '#src/outgoing/recipients.ts'
import { storeActivity } from '#src/outgoing/store.ts'
import type { App } from '#src/platform/app.ts'
import { type AccountId, type ActivityId, type Id, newId, type StatusId } from '#src/platform/ids.ts'
import type { InteractionKind } from '#src/platform/interaction-kind.ts'
import { loadReportMap } from '#src/reading/notifications/reports.ts'
import { isFeatured } from '#src/reading/tags/feature.ts'
import { type OutgoingInteraction, loadOutgoingInteraction } from '#src/statuses/access/outgoing-interaction.ts'
import { loadOutgoingStatus, type OutgoingStatus } from '#src/statuses/access/outgoing-status.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { lockStatus } from '#src/statuses/find.ts'
import { followByUri, isBlock } from '#src/statuses/interactions/by-uri.ts'
import { isFavourite } from '#src/statuses/interactions/favourite.ts'
import { isPinned } from '#src/statuses/interactions/pin.ts'
import { loadOutgoingQuote, type OutgoingQuote } from '#src/statuses/quotes/outgoing-quote.ts'
import { reportedForForwarding } from '#src/statuses/reported.ts'
import { loadSurroundings } from '#src/statuses/threads/surroundings.ts'
import { loadStatusViews } from '#src/statuses/views/views.ts'
import { toActor } from '../documents/actor.ts'
import { addressFor, visibilityOf, withGroup } from '../documents/addressing.ts'
import { toFlag } from '../documents/flag.ts'
import { toHashtag } from '../documents/hashtag.ts'
import {
  authorizationUri,
  type Interaction,
  toInteractionAnswer,
  toInteractionRequest,
} from '../documents/interactions.ts'
import { addressesOf, type JsonObject } from '../documents/json.ts'
import { toNote } from '../documents/note.ts'
import { toVote } from '../documents/polls.ts'
import {
  type QuoteAuthorization,
  type QuoteRequest,
  toDeleteAuthorization,
  toQuoteAnswer,
  toQuoteRequest,
} from '../documents/quote.ts'
import {
  bare,
  toAnswer,
  toBlock,
  toDeleteActor,
  toFollow,
  toLike,
  toMove,
  toUndo,
  toUpdateActor,
} from '../documents/relations.ts'
import { toRelayAccept, toRelayFollow, toRelayUndo } from '../documents/relay.ts'
import { isBoost, toAnnounce, toCreate, toDeleteNote, toFeature, toUpdateNote } from '../documents/statuses.ts'
import { readSigningKeys, type SigningKeys, signingKeys } from '../signatures/own-keys.ts'
import { withSignature } from '../signatures/sign-linked-data.ts'
import { withProof } from '../signatures/sign-proof.ts'

/** An activity to send. */
type Activity = {
  /** The sender; null for the instance actor. */
  accountId: AccountId | null
  activity: JsonObject
  recipients: Recipients
  /** A status that must still exist when the activity is stored: after its Delete, nothing else about it is sent. */
  of?: StatusId
}
/** Null when there is nothing to send, or no longer. */
type Sending = Activity | Activity[] | null

/** May run several times for an event: `key` gives its activity the same id each time. */
export async function federate(app: App, { event, key, order }: Jobs['federate']): Promise<void> {
  const build = builders[event.type] as (app: App, event: FederatedEvent, key: string) => Promise<Sending>
  for (const { accountId, activity, recipients, of } of [(await build(app, event, key)) ?? []].flat()) {
    const keys = (await hasRecipients(app.db, recipients)) && (await signingKeys(app, accountId))
    if (!keys) continue
    const visibility = visibilityOf(
      { to: addressesOf(activity['to']), cc: addressesOf(activity['cc']) },
      accountId && app.uris.followers(accountId),
    )
    const body = JSON.stringify(
      visibility === 'public' || visibility === 'unlisted' ? await signed(activity, keys) : activity,
    )
    // Jobs that an older version queued have no order.
    const type = String(activity['type'])
    const brings = bringsStatus.has(type) ? (recipients.status ?? null) : null
    const outgoing = {
      isUnhurried: event.type === 'account.deleted',
      order: order ?? newId<ActivityId>(),
      uri: String(activity['id']),
      accountId,
      type,
      body,
      brings,
      recipients,
      isForFollowers: visibility === 'private',
    }
    await app.db.transaction(async (tx) => {
      if (of === undefined || (await lockStatus(tx, of))) await storeActivity(tx, outgoing)
      if (event.type === 'status.deleted' || event.type === 'reblog.removed') await giveUpRetries(tx, event.statusId)
      if (recipients.deleteOf) await forgetDeleteRecipients(tx, recipients.deleteOf)
    })
  }
  if (event.type === 'account.deleted') while (await app.db.transaction((tx) => forgetFollowers(tx, event.accountId)));
}

/**
 * Signs a public or unlisted activity itself, in both ways that are in use, so that third parties can pass it on. Any other activity
 * is proven by the signature of its request alone.
 */
const signed = async (activity: JsonObject, keys: SigningKeys): Promise<JsonObject> =>
  withSignature(withProof(activity, keys), keys)

/** Activities that bring the receiver a copy of the status or boost: the receiver gets its later Update, Delete or Undo. */
const bringsStatus: ReadonlySet<string> = new Set(['Create', 'Update', 'Announce'])

const builders: { [T in FederatedEvent['type']]: (app: App, event: EventOf<T>, key: string) => Promise<Sending> } = {
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
    }
  },

  'status.edited': buildUpdate,
  'status.refreshed': buildUpdate,
  'poll.tallied': buildUpdate,

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

  'quote.requested': async (app, { statusId }) => {
    const quote = await loadOutgoingQuote(app.db, statusId)
    const [status] = await loadLocal(app, statusId)
    const inbox = quote && (await inboxOf(app.db, quote.quotedAccountId))
    if (!quote || !status || !inbox || quote.state !== 'pending') return null
    const activity = toQuoteRequest(
      requestOf(quote),
      toNote(status, app.uris, await surroundingsOf(app, statusId)),
      quote.quotedAuthorUri,
    )
    return { accountId: status.accountId, activity, recipients: { inboxes: [inbox] }, of: statusId }
  },

  'quote.granted': async (app, { statusId }, key) => {
    const quote = await loadOutgoingQuote(app.db, statusId)
    const inbox = quote && (await inboxOf(app.db, quote.accountId))
    if (!quote?.quotedIsLocal || !quote.approvalUri || !inbox || quote.state !== 'accepted') return null
    const activity = toQuoteAnswer(
      'Accept',
      app.uris.activity('accepts', key),
      quote.quotedAuthorUri,
      requestOf(quote),
      quote.approvalUri,
    )
    return { accountId: quote.quotedAccountId, activity, recipients: { inboxes: [inbox] } }
  },

  'quote.refused': async (app, { requestUri, accountId, quotedId, quotingUri }, key) => {
    const quoted = await loadOutgoingStatus(app.db, quotedId)
    const asking = await accountHead(app.db, accountId)
    const inbox = await inboxOf(app.db, accountId)
    if (!quoted?.isLocal || !asking || !inbox) return null
    const request = { id: requestUri, actor: asking.uri, quoted: quoted.uri, quoting: quotingUri }
    return {
      accountId: quoted.accountId,
      activity: toQuoteAnswer('Reject', app.uris.activity('rejects', key), quoted.authorUri, request),
      recipients: { inboxes: [inbox] },
    }
  },

  'quote.revoked': async (app, { statusId }, key) => {
    const quote = await loadOutgoingQuote(app.db, statusId)
    if (!quote?.quotedIsLocal || quote.staysHere || quote.state !== 'revoked') return null
    const inbox = await inboxOf(app.db, quote.accountId)
    // Servers that showed the quote check its consent again only after they received this Delete.
    const recipients = {
      inboxes: inbox ? [inbox] : [],
      followersOf: quote.quotedAccountId,
      ...(quote.isLocal ? { status: statusId, reachedBy: statusId } : {}),
    }
    const authorization = authorizationOf(quote)
    return authorization
      ? {
          accountId: quote.quotedAccountId,
          activity: toDeleteAuthorization(app.uris.activity('deletes', key), authorization),
          recipients,
        }
      : null
  },

  'interaction.requested': async (app, { kind, interactionId }) => {
    const interaction = await loadOutgoingInteraction(app.db, kind, interactionId)
    const inbox = interaction?.isPending && (await inboxOf(app.db, interaction.target.accountId))
    const instrument = interaction && (await instrumentOf(app, kind, interactionId, interaction))
    if (!interaction || !inbox || !instrument) return null
    return {
      accountId: interaction.accountId,
      activity: toInteractionRequest(
        app.uris.activity(`${kind}-requests`, interactionId),
        interactionOf(app, kind, interactionId, interaction),
        instrument,
      ),
      recipients: { inboxes: [inbox] },
    }
  },

  'interaction.granted': async (app, { kind, interactionId, requestUri }, key) => {
    const interaction = await loadOutgoingInteraction(app.db, kind, interactionId)
    const inbox = interaction?.target.isLocal && (await inboxOf(app.db, interaction.accountId))
    if (!interaction || !inbox || interaction.isPending) return null
    const consent = authorizationUri(app.uris, kind, interactionId)
    return {
      accountId: interaction.target.accountId,
      activity: toInteractionAnswer(
        'Accept',
        app.uris.activity('accepts', key),
        requestUri,
        interactionOf(app, kind, interactionId, interaction),
        consent,
      ),
      recipients: { inboxes: [inbox] },
    }
  },

  'interaction.refused': async (app, { kind, requestUri, accountId, statusId, interactionUri }, key) => {
    const target = await loadOutgoingStatus(app.db, statusId)
    const asking = await accountHead(app.db, accountId)
    const inbox = await inboxOf(app.db, accountId)
    if (!target?.isLocal || !asking || !inbox) return null
    const interaction = {
      kind,
      actor: asking.uri,
      interaction: interactionUri,
      target: target.uri,
      author: target.authorUri,
    }
    return {
      accountId: target.accountId,
      activity: toInteractionAnswer('Reject', app.uris.activity('rejects', key), requestUri, interaction),
      recipients: { inboxes: [inbox] },
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
    }
  },

  // Jobs run side by side: a favourite that was undone before its job ran is not sent at all, as it might arrive after the Undo.
  'favourite.created': async (app, event) =>
    (await isFavourite(app.db, event.favouriteId))
      ? buildFavourite(app, event, (like, author) => toLike(like, author))
      : null,
  'favourite.removed': (app, event, key) =>
    buildFavourite(app, event, (like, author) =>
      toUndo(app.uris.activity('undos', key), bare('Like', like), { to: [author] }),
    ),

  'follow.requested': async (app, event) =>
    (await followByUri(app.db, event.uri))
      ? buildRelation(app, event.followerId, event.targetId, event.uri, toFollow)
      : null,
  'follow.removed': (app, event, key) =>
    buildRelation(app, event.followerId, event.targetId, event.uri, (follow) =>
      toUndo(app.uris.activity('undos', key), bare('Follow', follow), { to: [follow.object] }),
    ),
  'follow.accepted': (app, event, key) => buildFollowAnswer(app, event, 'Accept', app.uris.activity('accepts', key)),
  'follow.rejected': (app, event, key) => buildFollowAnswer(app, event, 'Reject', app.uris.activity('rejects', key)),

  'instance-follow.rejected': async (app, { followerId, uri }, key) => {
    const follower = await accountHead(app.db, followerId)
    const inbox = await inboxOf(app.db, followerId)
    if (!follower || !inbox) return null
    return {
      accountId: null,
      activity: toAnswer('Reject', app.uris.activity('rejects', key), {
        id: uri,
        actor: follower.uri,
        object: app.uris.instanceActor,
      }),
      recipients: { inboxes: [inbox] },
    }
  },

  'block.created': async (app, event) =>
    (await isBlock(app.db, event.uri)) ? buildRelation(app, event.accountId, event.targetId, event.uri, toBlock) : null,
  'block.removed': (app, event, key) =>
    buildRelation(app, event.accountId, event.targetId, event.uri, (block) =>
      toUndo(app.uris.activity('undos', key), bare('Block', block), { to: [block.object] }),
    ),

  'account.updated': async (app, { accountId }, key) => {
    const [account] = await loadAccountViews(app.db, [accountId])
    const keys = await readSigningKeys(app, accountId)
    if (!account?.isLocal || account.suspendedAt || !keys) return null
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

  'relay.enabled': async (app, { relayId }) => {
    const relay = await loadRelay(app.db, relayId)
    if (!relay?.followUri || relay.state !== 'pending') return null
    return {
      accountId: null,
      activity: toRelayFollow(relay.followUri, relayActor(relay), app.uris),
      recipients: { inboxes: [relay.inboxUrl] },
    }
  },

  'relay.disabled': async (app, { inboxUrl, followUri, followed }, key) => ({
    accountId: null,
    activity: toRelayUndo(app.uris.activity('undos', key), followUri, followed, app.uris),
    recipients: { inboxes: [inboxUrl] },
  }),
  'relay.followed': async (app, { inboxUrl, actorUri, uri }, key) => ({
    accountId: null,
    activity: toRelayAccept(app.uris.activity('accepts', key), uri, actorUri, app.uris),
    recipients: { inboxes: [inboxUrl] },
  }),

  'account.deleted': async (app, { accountId }, key) => {
    const activity = toDeleteActor(app.uris.activity('deletes', key), app.uris.account(accountId))
    return { accountId, activity, recipients: { followersOf: accountId, deleteOf: accountId } }
  },
}

const interactionOf = (
  app: App,
  kind: InteractionKind,
  id: Id<string>,
  { uri, actorUri, target }: OutgoingInteraction,
): Interaction => ({
  kind,
  actor: actorUri,
  interaction: uri ?? app.uris.activity('likes', id),
  target: target.uri,
  author: target.authorUri,
})

/** The requested interaction, whole. */
async function instrumentOf(
  app: App,
  kind: InteractionKind,
  id: Id<string>,
  interaction: OutgoingInteraction,
): Promise<JsonObject | null> {
  if (kind === 'like')
    return toLike(
      { id: app.uris.activity('likes', id), actor: interaction.actorUri, object: interaction.target.uri },
      interaction.target.authorUri,
    )
  const [status] = await loadLocal(app, id as string as StatusId)
  if (!status) return null
  if (kind === 'reply') return toNote(status, app.uris, await surroundingsOf(app, status.id))
  return isBoost(status) ? toAnnounce(status, app.uris) : null
}

const requestOf = ({ requestUri, authorUri, quotedUri, uri }: OutgoingQuote): QuoteRequest => ({
  id: requestUri ?? uri,
  actor: authorUri,
  quoted: quotedUri,
  quoting: uri,
})
const authorizationOf = ({ approvalUri, quotedAuthorUri, uri, quotedUri }: OutgoingQuote): QuoteAuthorization | null =>
  approvalUri === null ? null : { id: approvalUri, author: quotedAuthorUri, quoting: uri, quoted: quotedUri }

/** An Update with the current state of a status. */
async function buildUpdate(app: App, { statusId }: { statusId: StatusId }, key: string): Promise<Sending> {
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

async function buildFeature(
  app: App,
  { accountId, statusId }: EventOf<'status.pinned' | 'status.unpinned'>,
  type: 'Add' | 'Remove',
  id: string,
): Promise<Sending> {
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
): Promise<Sending> {
  const [account] = await loadAccountViews(app.db, [accountId])
  if (!account?.isLocal || account.suspendedAt || !account.showsFeatured) return null
  const feature = { actor: account.uri, object: toHashtag(name, app.uris), target: app.uris.featured(accountId) }
  return {
    accountId,
    activity: toFeature(type, id, feature, addressFor('public', app.uris.followers(accountId), [])),
    recipients: { followersOf: accountId },
  }
}

/** The status as its author sees it, if the author is local and other servers may have it. */
async function loadLocal(app: App, statusId: StatusId) {
  const status = await loadOutgoingStatus(app.db, statusId)
  return status?.isLocal && !status.staysHere ? loadStatusViews(app.db, status.accountId, [statusId]) : []
}

const surroundingsOf = async (app: App, statusId: StatusId) =>
  (await loadSurroundings(app.db, [statusId])).get(statusId)

async function buildFavourite(
  app: App,
  { accountId, statusId, favouriteId }: EventOf<'favourite.created' | 'favourite.removed'>,
  toActivity: (like: { id: string; actor: string; object: string }, author: string) => JsonObject,
): Promise<Sending> {
  const status = await loadOutgoingStatus(app.db, statusId)
  const inbox = status && (await inboxOf(app.db, status.accountId))
  if (!inbox || !(await isLocal(app, accountId))) return null
  const like = { id: app.uris.activity('likes', favouriteId), actor: app.uris.account(accountId), object: status.uri }
  return { accountId, activity: toActivity(like, status.authorUri), recipients: { inboxes: [inbox] } }
}

/** A local account's Follow or Block of a remote account, or its Undo. */
async function buildRelation(
  app: App,
  actorId: AccountId,
  objectId: AccountId,
  uri: string,
  toActivity: (relation: { id: string; actor: string; object: string }) => JsonObject,
): Promise<Sending> {
  const object = await accountHead(app.db, objectId)
  const inbox = await inboxOf(app.db, objectId)
  if (!object || !inbox || !(await isLocal(app, actorId))) return null
  return {
    accountId: actorId,
    activity: toActivity({ id: uri, actor: app.uris.account(actorId), object: object.uri }),
    recipients: { inboxes: [inbox] },
  }
}

/** A local account's answer to a remote Follow. */
async function buildFollowAnswer(
  app: App,
  { followerId, targetId, uri }: EventOf<'follow.accepted' | 'follow.rejected'>,
  type: 'Accept' | 'Reject',
  id: string,
): Promise<Sending> {
  return buildRelation(app, targetId, followerId, uri, ({ actor, object }) =>
    toAnswer(type, id, { id: uri, actor: object, object: actor }),
  )
}

async function isLocal(app: App, accountId: AccountId): Promise<boolean> {
  return (await accountHead(app.db, accountId))?.domain === null
}
