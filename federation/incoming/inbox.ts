/**
 * The inbox: receives everything that other servers post. It checks who delivers an activity, and queues a job for it if it may have
 * an effect here. An answer of 202 means that the activity will not be lost. The worker decides whether a passed-on activity is
 * authentic, and what it does.
 *
 * The order of checks makes an activity without effect cheap: form → repeat, or self-delete of an unknown actor (one query) →
 * signature → interest → job.
 */
import { LRUCache } from 'lru-cache'
import { lookUpInbox } from '#src/incoming/inbox-lookup.ts'
import { isAcceptedRelay } from '#src/incoming/relays/receive.ts'
import { addJobs } from '#src/outbox/add-jobs.ts'
import { markHostUp } from '#src/outgoing/leases.ts'
import type { App } from '#src/platform/app.ts'
import { perDatabase } from '#src/platform/db/per-database.ts'
import { BodyError, readBytes } from '#src/platform/http/body.ts'
import { arrivesNow } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { isAnySuspended } from '#src/rules/servers/current.ts'
import { idOf, isSameOrigin, type JsonObject, parseObject, typesOf } from '../documents/json.ts'
import { hasLinkedDataSignature } from '../signatures/verify-linked-data.ts'
import { hasProof } from '../signatures/verify-proof.ts'
import { verifySignature } from '../signatures/verify-request.ts'
import { compareFollowers } from './followers-header.ts'
import { isOfInterest, subjectsOf } from './interest.ts'
import { priorityOf } from './job-priority.ts'
import { type Kind, kindOf } from './kinds.ts'
import { withinClientLimit } from './per-client-limiter.ts'
import { repeatKey } from './repeats.ts'

const log = getLogger('federation', 'inbox')
const maxBytes = 1_048_576
const bodyMs = 15_000
/** Retry-After of an answer 503: this server, or the server of a key, is too busy. */
const retrySeconds = 60
const mediaTypes = /^application\/(activity\+json|ld\+json)\s*(;|$)/i

/** Hosts that were marked as up lately. */
const upHosts = perDatabase(() => new LRUCache<string, true>({ max: 5_000, ttl: 10_000 }))

/**
 * Answers a POST to any inbox.
 *
 * @param client IP address of the sender
 */
export async function receivePost(app: App, request: Request, client: string): Promise<Response> {
  if (!mediaTypes.test(request.headers.get('content-type') ?? ''))
    return answer(415, 'Post activities as application/activity+json')
  const arrivedAt = arrivesNow()
  const body = await withinClientLimit(app, client, () => readBody(request))
  if (body === null) return answer(503, 'Too many activities at once')
  if (body instanceof BodyError)
    return body.reason === 'too_large'
      ? answer(413, `An activity has at most ${maxBytes} bytes`)
      : answer(408, 'The activity did not arrive in time')
  const raw = readText(body)
  const activity = raw === null ? null : parseObject(raw)
  const actor = activity && idOf(activity['actor'])
  if (raw === null || !activity || !actor || typesOf(activity).length === 0)
    return answer(400, 'This is not an activity')
  const kind = kindOf(typesOf(activity))
  if (!kind) return answer(202)
  if (app.uris.isOwn(actor)) return answer(401, 'The actor is one of ours')

  if (await isAnySuspended(app.db, [actor])) return answer(403, 'This server is suspended here')
  const id = idOf(activity['id'])
  const lookup = await lookUpInbox(app.db, app.uris, repeatKey(kind, activity), actor, subjectsOf(activity))
  if (lookup.isRepeated || (lookup.actor === 'unknown' && isAboutSelf(kind, actor, activity))) return answer(202)

  const verification = await verifySignature(app, request, body)
  const isSelfDelete = lookup.actor !== 'unknown' && kind === 'Delete' && isAboutSelf(kind, actor, activity)
  const isKeyGone =
    'problem' in verification && verification.goneKeyId !== undefined && isSameOrigin(verification.goneKeyId, actor)
  if ('problem' in verification && !(isKeyGone && isSelfDelete)) {
    log.info('{type} of {actorId} was refused: {problem}', {
      type: kind,
      actorId: actor,
      problem: verification.problem,
    })
    return answer(verification.status, verification.problem)
  }
  // Null for a key that is gone: the worker asks whether its owner is gone, too.
  const signer = 'actor' in verification ? verification.actor : null
  const { host } = new URL(signer ?? actor)
  const isPassedOn = signer !== null && signer !== actor
  if (isPassedOn && !hasProof(activity) && !hasLinkedDataSignature(activity))
    return answer(401, 'The signer is not the actor')
  if (isPassedOn && (await isAnySuspended(app.db, [signer]))) return answer(403, 'This server is suspended here')

  if (signer !== null) {
    await noteHost(app, host)
    await compareFollowers(app, signer, request.headers.get('collection-synchronization'))
  }
  if (id !== null && !isSameOrigin(id, actor)) return answer(202)
  if (!isOfInterest(app.uris, kind, activity, lookup) && !(isPassedOn && (await isAcceptedRelay(app.db, signer))))
    return answer(202)
  const payload = { kind, raw, actor, signer, at: lookup.arrivedAt.getTime(), arrivedAt }
  await addJobs(app.db, [{ name: 'inbox', payload, priority: priorityOf(app, host) }])
  return answer(202)
}

/** Updates and Deletes of whole accounts go to every server in the world. Most of those accounts are unknown here, and some keys are gone. */
const isAboutSelf = (kind: Kind, actor: string, activity: JsonObject): boolean =>
  (kind === 'Delete' || kind === 'Update') && idOf(activity['object']) === actor

const readBody = (request: Request): Promise<Buffer | BodyError> =>
  readBytes(request, maxBytes, bodyMs).catch((error: unknown) => {
    if (error instanceof BodyError) return error
    throw error
  })

/** Null for a body that is not UTF-8: it could not be passed on byte by byte. */
function readText(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch {
    return null
  }
}

/** A host that was down and delivers to us is up again: deliveries that wait for it are sent. */
async function noteHost(app: App, host: string): Promise<void> {
  if (upHosts(app).has(host)) return
  upHosts(app).set(host, true)
  await markHostUp(app.db, host)
}

const answer = (status: number, text = ''): Response =>
  new Response(text && `${text}\n`, {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      ...(status === 503 ? { 'retry-after': String(retrySeconds) } : {}),
    },
  })
