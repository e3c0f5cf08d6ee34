/**
 * The `thread` job: fetches replies to a remote status, level by level, from servers' lists of them. A list is only a hint: each post
 * comes from its own server, and has to belong to the list. A job does a part and queues the next one, so that a long thread delays
 * no other job, and a worker that dies has little to repeat.
 */
import type { Jobs, ThreadList, ThreadStep } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { HttpError } from '#src/platform/http/client.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { getLogger } from '#src/platform/log.ts'
import { acquireHost } from '#src/platform/queue/hosts.ts'
import { isOpen } from '#src/statuses/access/visibility.ts'
import { continueThread, isParentStored, storedReplies, markAsked } from '#src/statuses/threads/open-thread.ts'
import { visibilityOf } from '../documents/addressing.ts'
import { idOf, isObject, isSameOrigin, type JsonObject, typesOf } from '../documents/json.ts'
import { type ParsedCollection, parseCollection } from '../parse/collection.ts'
import { isNote, type ParsedNote, parseNote, repliesOf } from '../parse/note.ts'
import { type Budget, fetchDocument, forgetDocument, isSpent, newBudget } from './fetch-document.ts'
import { storeNote } from './lookup.ts'

const log = getLogger('federation')
/** Requests of a job before it queues the next one. */
const fetchesAtOnce = 20
const timeoutMs = 20_000
/** Replies to replies that are followed. */
const maxDepth = 20
const maxPages = 10
/** Quotes in fetched posts are followed once; parents are steps of this job. */
const source = { depth: 20, fetchesLeft: 0 }

/** Number of stored posts, and the next steps. */
type Outcome = { found: number; next: ThreadStep[] }

export async function fetchThread(app: App, { statusId, steps, fetchesLeft, found }: Jobs['thread']): Promise<void> {
  const [first] = steps
  using _host = first && acquireHost(app, 'fetch', placeOf(first))
  const budget = newBudget(Math.min(fetchesLeft, fetchesAtOnce), timeoutMs, { isPatient: true })
  const fetchesAtStart = budget.fetchesLeft
  const queue = [...steps]
  let stored = found
  for (let step = queue[0], done = 0; step && !isSpent(budget); step = queue[0], done++) {
    const outcome = await attempt(app, step, budget)
    // The budget ended in the middle of a step. The next job repeats the step, unless it was this job's only one.
    if (!outcome && isSpent(budget) && done > 0) break
    queue.shift()
    if (!outcome) continue
    stored += outcome.found
    queue.push(...outcome.next.filter((next) => !queue.some((waiting) => isSame(waiting, next))))
  }
  const left = fetchesLeft - (fetchesAtStart - budget.fetchesLeft)
  await continueThread(app, { statusId, steps: queue.slice(0, Math.max(left, 0)), fetchesLeft: left, found: stored })
}

const isSame = (one: ThreadStep, other: ThreadStep): boolean =>
  one.type === other.type && placeOf(one) === placeOf(other)
const placeOf = (step: ThreadStep): string => (step.type === 'status' ? step.uri : step.url)

/** Null where a step fails: threads have holes. */
async function attempt(app: App, step: ThreadStep, budget: Budget): Promise<Outcome | null> {
  try {
    if (step.type === 'page') return await readPage(app, step, budget)
    return step.list === null
      ? await readOpened(app, step.uri, budget)
      : await readListed(app, { ...step, list: step.list }, budget)
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    log.debug('{place} of a thread can’t be fetched: {reason}', { place: placeOf(step), reason: error.message })
    return null
  }
}

/**
 * Fetches the opened status again, with its server's counts. The status names its collection of replies, and its
 * context.
 */
async function readOpened(app: App, uri: string, budget: Budget): Promise<Outcome | null> {
  forgetDocument(app, uri)
  const { json } = await fetchDocument(app, uri, budget)
  const note = isNote(json) ? parseNote(json) : null
  if (note?.uri !== uri || !(await storeNote(app, note, budget, source))) return null
  const replies = await readReplies(app, note, json, 0, budget)
  const { contextUri = null } = note
  const context: ThreadStep[] =
    contextUri === null || app.uris.isOwn(contextUri)
      ? []
      : [{ type: 'page', url: contextUri, depth: 0, list: { context: contextUri }, pagesLeft: maxPages }]
  return { found: replies.found, next: [...(await readParent(app, note, 0)), ...replies.next, ...context] }
}

/** The parent of a post as a step, if it is missing: without it the thread ends there, or a reply stays out of it. */
async function readParent(app: App, { uri, inReplyToUri }: ParsedNote, depth: number): Promise<ThreadStep[]> {
  if (
    inReplyToUri === null ||
    app.uris.isOwn(inReplyToUri) ||
    depth >= maxDepth ||
    (await isParentStored(app.db, inReplyToUri))
  )
    return []
  return [{ type: 'status', uri: inReplyToUri, depth: depth + 1, list: { repliedBy: uri } }]
}

async function readListed(
  app: App,
  { uri, depth, list }: { uri: string; depth: number; list: ThreadList },
  budget: Budget,
): Promise<Outcome | null> {
  const { stored } = await storedReplies(app.db, [uri])
  if (stored.has(uri)) return null
  const { json } = await fetchDocument(app, uri, budget)
  return idOf(json['id']) === uri ? storeListed(app, json, depth, list, budget) : null
}

async function readPage(
  app: App,
  { url, depth, list, pagesLeft }: ThreadStep & { type: 'page' },
  budget: Budget,
): Promise<Outcome> {
  const { json, url: from } = await fetchDocument(app, url, budget)
  return readItems(app, parseCollection(json, from), from, { depth, list, pagesLeft }, budget)
}

/** The replies to a post that was just read: those enclosed in it, and the page of the others. */
async function readReplies(
  app: App,
  note: ParsedNote,
  json: JsonObject,
  depth: number,
  budget: Budget,
): Promise<Outcome> {
  const replies = repliesOf(json)
  if (replies === undefined || depth >= maxDepth) return { found: 0, next: [] }
  return readItems(
    app,
    parseCollection(replies, note.uri),
    note.uri,
    { depth, list: { repliesTo: note.uri }, pagesLeft: maxPages },
    budget,
  )
}

async function readItems(
  app: App,
  { items, next }: ParsedCollection,
  from: string,
  { depth, list, pagesLeft }: { depth: number; list: ThreadList; pagesLeft: number },
  budget: Budget,
): Promise<Outcome> {
  // Some contexts list activities: there, posts are inside their Creates.
  const listed = new Map(
    items.flatMap((item) => {
      const object = isObject(item) && typesOf(item).includes('Create') ? item['object'] : item
      const uri = idOf(object)
      return uri === null || app.uris.isOwn(uri) ? [] : [[uri, object] as const]
    }),
  )
  const { stored, due } = await storedReplies(app.db, [...listed.keys()])
  const outcome: Outcome = { found: 0, next: [] }
  for (const [uri, object] of listed) {
    if (stored.has(uri)) continue
    // An enclosed post on a page of its own server need not be fetched again.
    const inside =
      isObject(object) && isSameOrigin(uri, from) && object['attributedTo'] !== undefined && !isSpent(budget)
        ? await storeInside(app, object, depth + 1, list, budget)
        : null
    if (inside) outcome.found += inside.found
    outcome.next.push(...(inside?.next ?? [{ type: 'status' as const, uri, depth: depth + 1, list }]))
  }
  if (depth + 1 < maxDepth)
    outcome.next.push(
      ...due.map(({ uri, repliesUrl }): ThreadStep => ({
        type: 'page',
        url: repliesUrl,
        depth: depth + 1,
        list: { repliesTo: uri },
        pagesLeft: maxPages,
      })),
    )
  if (next !== null && pagesLeft > 1)
    outcome.next.push({ type: 'page', url: next, depth, list, pagesLeft: pagesLeft - 1 })
  return outcome
}

/** Null where it can't be stored for now: it is fetched by itself then. Counts as a request, as a document may hold thousands of posts. */
async function storeInside(
  app: App,
  json: JsonObject,
  depth: number,
  list: ThreadList,
  budget: Budget,
): Promise<Outcome | null> {
  budget.fetchesLeft -= 1
  try {
    return await storeListed(app, json, depth, list, budget)
  } catch (error) {
    if (!(error instanceof HttpError || error instanceof Refusal)) throw error
    return null
  }
}

/** Stores a public or unlisted post if it belongs to the list: a server could put anything on its lists. */
async function storeListed(
  app: App,
  json: JsonObject,
  depth: number,
  list: ThreadList,
  budget: Budget,
): Promise<Outcome> {
  const note = isNote(json) ? parseNote(json) : null
  if (!note || !isOpen(visibilityOf(note, null)) || !(await isOn(app, note, list))) return { found: 0, next: [] }
  const id: StatusId | null = await storeNote(app, note, budget, source)
  if (!id) return { found: 0, next: [] }
  await markAsked(app.db, id)
  const replies = await readReplies(app, note, json, depth, budget)
  return { found: replies.found + 1, next: [...(await readParent(app, note, depth)), ...replies.next] }
}

async function isOn(app: App, note: ParsedNote, list: ThreadList): Promise<boolean> {
  const { inReplyToUri } = note
  if ('repliedBy' in list) return true
  if (inReplyToUri === null) return false
  if ('repliesTo' in list) return inReplyToUri === list.repliesTo
  return note.contextUri === list.context || isParentStored(app.db, inReplyToUri)
}
