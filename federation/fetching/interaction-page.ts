/** Remote interaction: finds, by WebFinger, the page on a person's own server where they can follow, reply, favourite or boost. */
import { normalizeDomain, parseHandle } from '#src/platform/handle.ts'
import type { Intent } from '#src/platform/remote.ts'
import type { Core } from '../core.ts'
import { asList, isObject, type JsonObject, text } from '../documents/json.ts'
import { intentRel, subscribeRel } from '../serving/jrd.ts'
import type { Budget } from './fetch-document.ts'
import { fetchJrd } from './webfinger.ts'

const maxLinks = 64
const maxTemplateLength = 1_000

/** FEP-3b86 names for each intent, the best first. The page for `Object` shows the object with all actions. */
const activities: Record<Intent, string[]> = {
  follow: ['Follow', 'Object'],
  reply: ['Object', 'Create'],
  favourite: ['Like', 'Object'],
  boost: ['Announce', 'Object'],
}

/**
 * The page of a server for an intent.
 *
 * @param home handle or host of the person; for a host, its instance actor is looked up
 * @throws HttpError when the server can't be asked
 */
export async function findInteractionPage(
  core: Core,
  home: string,
  intent: Intent,
  uri: string,
  budget: Budget,
): Promise<string | null> {
  const handle = home.replace(/^@/, '').includes('@') ? parseHandle(home) : null
  const host = handle ? handle.domain : normalizeDomain(home)
  if (!host) return null
  const resources = handle ? [`acct:${handle.username}@${host}`] : [`acct:${host}@${host}`, `https://${host}/`]
  for (const resource of resources) {
    const jrd = await fetchJrd(core, host, resource, budget)
    const page = jrd && interactionPage(jrd, intent, uri)
    if (page) return page
  }
  return null
}

/** The page that a WebFinger answer names for an intent on an object; null where it names no https page. */
export function interactionPage(jrd: JsonObject, intent: Intent, uri: string): string | null {
  const templates = new Map<string, string>()
  for (const link of asList(jrd['links']).slice(0, maxLinks).filter(isObject)) {
    const [rel, template] = [text(link['rel']), text(link['template'])]
    if (rel !== null && template !== null && template.length <= maxTemplateLength && !templates.has(rel))
      templates.set(rel, template)
  }
  const rels = [...activities[intent].map((activity) => intentRel + activity), subscribeRel]
  for (const rel of rels) {
    const page = filled(templates.get(rel) ?? '', uri)
    if (page) return page
  }
  return null
}

/** Fills the URI into a template, whatever its variable is called; other variables stay empty. */
function filled(template: string, uri: string): string | null {
  if (!/\{(uri|object|inReplyTo)\}/.test(template)) return null
  const page = template.replace(/\{([^{}]*)\}/g, (_, name: string) =>
    ['uri', 'object', 'inReplyTo'].includes(name) ? encodeURIComponent(uri) : '',
  )
  if (!URL.canParse(page)) return null
  const { protocol, username, password, href } = new URL(page)
  return protocol === 'https:' && !username && !password ? href : null
}
