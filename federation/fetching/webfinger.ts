/** WebFinger: the actor of a handle, and the handle of an actor. Both hosts have to agree. */
import { normalizeDomain, parseHandle } from '#src/platform/handle.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { Core } from '../core.ts'
import { asList, isObject, type JsonObject, linkOf, parseObject, text } from '../documents/json.ts'
import { type Budget, StatusError, withinBudget } from './fetch-document.ts'

export type WebFingerResource = { username: string; domain: string; actor: string }

/**
 * Asks a host for the actor of a handle. Null when there is none.
 *
 * @throws HttpError when the host can't answer at the moment
 * @see https://www.rfc-editor.org/rfc/rfc7033
 */
export async function webFinger(
  core: Core,
  username: string,
  domain: string,
  budget: Budget,
): Promise<WebFingerResource | null> {
  const jrd = await fetchJrd(core, domain, `acct:${username}@${domain}`, budget)
  if (!jrd) return null
  const subject = parseHandle(text(jrd['subject']) ?? '')
  const self = asList(jrd['links'])
    .slice(0, 64)
    .find((link) => isObject(link) && link['rel'] === 'self' && isActivityType(text(link['type'])))
  const actor = linkOf(self)
  return subject?.domain && actor ? { username: subject.username, domain: subject.domain, actor } : null
}

/**
 * A host's WebFinger answer about a resource; null when it has none.
 *
 * @throws HttpError when the host can't answer at the moment
 */
export async function fetchJrd(core: Core, host: string, resource: string, budget: Budget): Promise<JsonObject | null> {
  const url = `https://${host}/.well-known/webfinger?resource=${encodeURIComponent(resource)}`
  const response = await withinBudget(
    core,
    url,
    { headers: () => ({ accept: 'application/jrd+json, application/json' }), maxBytes: 65_536 },
    budget,
  )
  if (response.status >= 500 || response.status === 429) throw new StatusError(response.status, response.url)
  return response.status === 200 ? parseObject(response.body.toString()) : null
}

const isActivityType = (type: string | null): boolean =>
  type !== null && /^application\/(activity|ld)\+json/i.test(type)

/**
 * The handle that an actor's server names, if the host of the handle agrees.
 * Otherwise the actor's `preferredUsername` on the host of its id, which needs no confirmation.
 *
 * @param stored the handle that was confirmed before; it stays while a host can't be asked
 */
export async function confirmedHandle(
  core: Core,
  actor: string,
  preferredUsername: string,
  budget: Budget,
  stored: { username: string; domain: string } | null,
): Promise<{ username: string; domain: string } | null> {
  const home = normalizeDomain(new URL(actor).host)
  if (home === null) return null
  const own = { username: preferredUsername, domain: home }
  try {
    const answer = await webFinger(core, preferredUsername, home, budget)
    if (!answer || answer.actor !== actor || answer.domain === home) return own
    return (await isConfirmed(core, answer, budget)) ? { username: answer.username, domain: answer.domain } : own
  } catch (error) {
    if (!(error instanceof HttpError)) throw error
    return stored ?? own
  }
}

/**
 * Whether the host of a handle confirms its actor.
 *
 * @throws HttpError when the host can't answer at the moment
 */
export async function isConfirmed(
  core: Core,
  { username, domain, actor }: WebFingerResource,
  budget: Budget,
): Promise<boolean> {
  if (domain === core.uris.handleHost) return false
  const answer = await webFinger(core, username, domain, budget)
  return (
    answer !== null &&
    answer.actor === actor &&
    answer.domain === domain &&
    answer.username.toLowerCase() === username.toLowerCase()
  )
}
