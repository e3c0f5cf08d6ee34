/**
 * The door of the inboxes: everything that other servers post comes through here. It believes only what is signed by the
 * actor that it speaks of, and queues it: an answer of 202 means that it will not be lost. What an activity does is decided
 * by the worker, by way of Fedify.
 */
import { accountByUri } from '#src/accounts/find.ts'
import type { App } from '#src/app.ts'
import { hostIsBack } from '#src/deliveries/turns.ts'
import { getLogger } from '#src/log.ts'
import { isAnyShut } from '#src/moderation/current.ts'
import { idOf, type JsonObject, parseObject, typesOf } from '../json.ts'
import { inboxQueue } from '../queue.ts'
import { verifySignature } from '../signatures/verify.ts'
import { knownKind, toQueued } from './kinds.ts'

const log = getLogger('federation', 'inbox')
const maxBytes = 1_048_576
const mediaTypes = /^application\/(activity\+json|ld\+json)\s*(;|$)/i

/** Answers a POST to any inbox. */
export async function enter(app: App, request: Request): Promise<Response> {
  if (!mediaTypes.test(request.headers.get('content-type') ?? '')) return answer(415, 'Post activities as application/activity+json')
  const body = await readBody(request)
  if (!body) return answer(413, `An activity has at most ${maxBytes} bytes`)
  const activity = parseObject(body.toString())
  const actor = activity && idOf(activity['actor'])
  if (!activity || !actor || typesOf(activity).length === 0) return answer(400, 'This is not an activity')

  const kind = knownKind(typesOf(activity))
  if (!kind || (await isFarewellOfStranger(app, kind, actor, activity))) return answer(202)
  if (app.uris.isOwn(actor)) return answer(401, 'The actor is one of ours')

  if (await isAnyShut(app.db, [actor])) return answer(403, 'This server is suspended here')

  const verdict = await verifySignature(app, request, body)
  if ('problem' in verdict) {
    log.info('{type} of {actorId} was refused: {problem}', { type: kind, actorId: actor, problem: verdict.problem })
    return answer(verdict.status, verdict.problem)
  }
  if (verdict.actor !== actor) return answer(401, 'The signer is not the actor')

  await inboxQueue(app).enqueue(toQueued(kind, activity, app.config.origin))
  await hostIsBack(app.db, new URL(actor).host)
  return answer(202)
}

/** Of accounts that delete themselves every server in the world is told; of most we never heard, and their keys are gone. */
async function isFarewellOfStranger(app: App, kind: string, actor: string, activity: JsonObject): Promise<boolean> {
  return kind === 'Delete' && idOf(activity['object']) === actor && (await accountByUri(app.db, actor)) === null
}

/** The body, or null when it is too large; counted while it comes in, whatever its length is said to be. */
async function readBody(request: Request): Promise<Buffer | null> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, bytes)
}

const answer = (status: number, text = ''): Response => new Response(text && `${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } })
