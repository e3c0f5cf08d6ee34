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
/** Relays: what they say to us, and the posts that they pass on by name. */
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import { getLogger } from '#src/platform/log.ts'
import { PutOff, takeHost } from '#src/platform/queue/hosts.ts'
import { statusByUri } from '#src/statuses/find.ts'
import type { Core } from '../core.ts'
import { asList, idOf, isPublic, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { isActor } from '../parse/actor.ts'
import { isNote, type ParsedNote, parseNote } from '../parse/note.ts'
import { fetchDocument, newBudget } from './documents.ts'
import { storeNote } from './lookup.ts'

const log = getLogger('federation', 'relays')
/** Objects of one Announce. */
const maxObjects = 20
/** As deep as any thread is followed: of a relayed post, neither parents nor what it quotes are fetched. */
export const relayedAt = { depth: 30 }

/**
 * Takes what a relay says in its own name, so that none ever becomes an account here that boosts.
 *
 * @param from the relay's actor, whose signature was checked
 * @returns whether it was for this
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
      // One that has not agreed, or was left, is not heard.
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
      // That it unfollows us, or takes back that it passed something on, changes nothing here.
      return isRelayActor(app.db, from)
  }
}

/** Whether a post that somebody passed on is wanted for that alone: a public one that comes from a relay. */
export async function isRelayed(app: Pick<App, 'db'>, via: string | null, note: ParsedNote): Promise<boolean> {
  return via !== null && note.to.some(isPublic) && (await isAcceptedRelay(app.db, via))
}

/** The `relayed` job: fetches a post from its own server, and stores it for the federated timeline, if it is public. */
export async function fetchRelayed(app: App, { uri }: Jobs['relayed']): Promise<void> {
  if (await statusByUri(app.db, uri)) return
  using _host = takeHost(app, 'fetch', uri)
  try {
    const budget = newBudget(6, 20_000, { isPatient: true })
    const { json } = await fetchDocument(app, uri, budget)
    // Some relays name the activity.
    const object = typesOf(json).includes('Create') ? idOf(json['object']) : null
    const post = object !== null && isSameOrigin(object, uri) ? (await fetchDocument(app, object, budget)).json : json
    const note = isNote(post) ? parseNote(post) : null
    if (note?.to.some(isPublic)) await storeNote(app, note, budget, relayedAt)
  } catch (error) {
    // There will be others.
    if (!(error instanceof HttpError || error instanceof Refusal) || error instanceof PutOff) throw error
    log.debug('The relayed {uri} can’t be had: {reason}', { uri, reason: error.message })
  }
}

/**
 * What an admin means by the URL of a relay: its inbox, as Mastodon's admins know it, or its actor.
 *
 * @throws Refusal `unprocessable` for what can't be a relay
 */
export async function relayAt(core: Core, url: string, protocol: RelayInput['protocol']): Promise<RelayInput> {
  const given =
    URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && !core.uris.isOwn(url) ? new URL(url).href : null
  if (given === null) throw new Refusal('unprocessable', `${url} is not the URL of a relay`)
  const json = await fetchDocument(core, given, newBudget(3)).then(
    (fetched) => fetched.json,
    (error: unknown) => {
      // Inboxes are posted to, and mostly answer nothing else.
      if (error instanceof HttpError) return null
      throw error
    },
  )
  const actorUri = json && isActor(json) ? idOf(json['id']) : null
  const inboxUrl = json && actorUri ? idOf(json['inbox']) : given
  if (inboxUrl === null || (actorUri !== null && !isSameOrigin(inboxUrl, actorUri)))
    throw new Refusal('unprocessable', `${url} has no inbox of its own`)
  if (protocol === 'litepub' && actorUri === null)
    throw new Refusal('unprocessable', `${url} is not the actor of a relay, or it can't be read`)
  return { inboxUrl, actorUri, protocol }
}
