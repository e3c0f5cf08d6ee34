/** Relays: their own activities, and the posts that they pass on by id. */
import type { RelayInput } from '#src/incoming/relays/manage.ts'
import {
  isAcceptedRelay,
  isRelay,
  isRelayActor,
  queueRelayed,
  receiveRelayAnswer,
  receiveRelayFollow,
} from '#src/incoming/relays/receive.ts'
import type { Jobs } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { getLogger } from '#src/platform/log.ts'
import { HostUnavailable, acquireHost } from '#src/platform/queue/hosts.ts'
import { statusByUri } from '#src/statuses/find.ts'
import type { Core } from '../core.ts'
import { asList, idOf, isPublic, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { isActor } from '../parse/actor.ts'
import { isNote, type ParsedNote, parseNote } from '../parse/note.ts'
import { fetchDocument, newBudget } from './fetch-document.ts'
import { storeNote } from './lookup.ts'

const log = getLogger('federation', 'relays')
/** Objects of one Announce. */
const maxObjects = 20
/** The maximal depth: a relayed post's parents and quoted posts are not fetched. */
export const relayedAt = { depth: 30 }

/**
 * Handles an activity of a relay itself, so that no relay becomes an account here that boosts.
 *
 * @param from the relay's actor, whose signature was checked
 * @returns whether the activity was handled
 */
export async function receiveFromRelay(
  app: App,
  type: string,
  id: string | null,
  from: string,
  activity: JsonObject,
): Promise<boolean> {
  if (!['Accept', 'Reject', 'Follow', 'Announce', 'Undo'].includes(type) || !(await isRelay(app.db, from))) return false
  const object = idOf(activity['object'])
  switch (type) {
    case 'Accept':
    case 'Reject':
      return (
        object !== null &&
        app.db.transaction((tx) => receiveRelayAnswer(tx, from, object, type === 'Accept' ? 'accepted' : 'rejected'))
      )
    case 'Follow':
      return (
        object === app.uris.instanceActor && id !== null && app.db.transaction((tx) => receiveRelayFollow(tx, from, id))
      )
    case 'Announce': {
      // A relay that has not accepted, or was left, is ignored.
      if (!(await isAcceptedRelay(app.db, from))) return isRelayActor(app.db, from)
      const named = asList(activity['object'])
        .slice(0, maxObjects)
        .flatMap((each) => idOf(each) ?? [])
      for (const uri of named.filter((each) => !app.uris.isOwn(each))) {
        if (!(await statusByUri(app.db, uri))) await app.db.transaction((tx) => queueRelayed(tx, uri))
      }
      return true
    }
    default:
      // An Undo of the relay's Follow or Announce changes nothing here.
      return isRelayActor(app.db, from)
  }
}

/** Whether a passed-on post is wanted because of its sender alone: a public post from a relay. */
export async function isRelayed(app: Pick<App, 'db'>, via: string | null, note: ParsedNote): Promise<boolean> {
  return via !== null && note.to.some(isPublic) && (await isAcceptedRelay(app.db, via))
}

/** The `relayed` job: fetches a post from its own server, and stores it for the federated timeline, if it is public. */
export async function fetchRelayed(app: App, { uri }: Jobs['relayed']): Promise<void> {
  if (await statusByUri(app.db, uri)) return
  using _host = acquireHost(app, 'fetch', uri)
  try {
    const budget = newBudget(6, 20_000, { isPatient: true })
    const { json } = await fetchDocument(app, uri, budget)
    // Some relays name the Create instead of the post.
    const object = typesOf(json).includes('Create') ? idOf(json['object']) : null
    const post = object !== null && isSameOrigin(object, uri) ? (await fetchDocument(app, object, budget)).json : json
    const note = isNote(post) ? parseNote(post) : null
    if (note?.to.some(isPublic)) await storeNote(app, note, budget, relayedAt)
  } catch (error) {
    // One missing post is not worth retries: relays bring many.
    if (!(error instanceof HttpError || error instanceof Refusal) || error instanceof HostUnavailable) throw error
    log.debug('The relayed {uri} can’t be fetched: {reason}', { uri, reason: error.message })
  }
}

/**
 * The relay at a URL: its inbox, which Mastodon's admins use, or its actor.
 *
 * @throws Refusal `unprocessable` for a URL that can't be a relay
 */
export async function relayAt(core: Core, url: string, protocol: RelayInput['protocol']): Promise<RelayInput> {
  const href =
    URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && !core.uris.isOwn(url) ? new URL(url).href : null
  if (href === null) throw new Refusal('unprocessable', `${url} is not the URL of a relay`)
  const json = await fetchDocument(core, href, newBudget(3)).then(
    (fetched) => fetched.json,
    (error: unknown) => {
      // Inboxes take POST, and mostly refuse GET.
      if (error instanceof HttpError) return null
      throw error
    },
  )
  const actorUri = json && isActor(json) ? idOf(json['id']) : null
  const inboxUrl = json && actorUri ? idOf(json['inbox']) : href
  if (inboxUrl === null || (actorUri !== null && !isSameOrigin(inboxUrl, actorUri)))
    throw new Refusal('unprocessable', `${url} has no inbox of its own`)
  if (protocol === 'litepub' && actorUri === null)
    throw new Refusal('unprocessable', `${url} is not the actor of a relay, or it can't be read`)
  return { inboxUrl, actorUri, protocol }
}
