/** The statements of frequent reads that PostgreSQL plans at each run, with the reasons. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fillDemo } from '#src/demo/fill.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { tokenOf } from './api/server.ts'
import { visitor, type Visitor } from './api/visitor.ts'
import { localAccount, makeFollow, password, remoteAccount, status } from './cast.ts'
import { compare, type Reasons, type Recorded, recorded } from './statements.ts'

let r: Recorded
let token: string
let browser: Visitor
const known = { alice: '' as AccountId, bob: '' as AccountId, post: '' as StatusId, list: '' }

beforeAll(async () => {
  r = await recorded()
  const { t } = r
  await fillDemo(t.app, { posts: 250, seed: 7, password: 'a password of the demo' })
  known.alice = await localAccount(t, 'alice')
  known.bob = await localAccount(t, 'bob')
  const { rows } = await t.db.execute<{ id: AccountId }>(
    sql`select id from accounts where id <> ${known.alice} and moved_to_id is null order by id limit 40`,
  )
  for (const { id } of rows) await makeFollow(t, known.alice, id)
  for (const id of [known.bob, await remoteAccount(t, 'carol')]) await makeFollow(t, known.alice, id)
  token = await tokenOf(t.app, known.alice)

  known.post = await status(t, known.alice, { text: 'Which bread with the soup? #meadow' })
  for (const text of ['Rye @alice', 'Wheat @alice']) await status(t, known.bob, { text, inReplyToId: known.post })
  await status(t, known.bob, { text: 'Between us, @alice', visibility: 'direct' })
  const asked = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${r.origin}${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
    return (await answer.json()) as { id: string }
  }
  known.list = (await asked('POST', '/api/v1/lists', { title: 'Friends' })).id
  await asked('POST', `/api/v1/lists/${known.list}/accounts`, { account_ids: [known.bob] })
  await asked('POST', `/api/v1/statuses/${known.post}/favourite`)
  await asked('POST', `/api/v1/statuses/${known.post}/bookmark`)

  browser = visitor(r.origin)
  await browser.send(await browser.open('/login'), '/login', { login: 'alice', password })
})
afterAll(() => r[Symbol.asyncDispose]())

async function get(path: string): Promise<void> {
  const answer = await fetch(`${r.origin}${path}`, { headers: { Authorization: `Bearer ${token}` } })
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
}

async function open(path: string): Promise<void> {
  const { status: code } = await browser.open(path)
  if (code !== 200) throw new Error(`${path} answered ${code}`)
}

/** Reads, each with a part of every statement that has no name, and the reason. */
const reads: Record<string, { read: () => Promise<void>; unnamed?: Reasons }> = {
  home: { read: () => get('/api/v1/timelines/home') },
  public: { read: () => get('/api/v1/timelines/public') },
  local: { read: () => get('/api/v1/timelines/public?local=true') },
  tag: { read: () => get('/api/v1/timelines/tag/meadow') },
  'account statuses': { read: () => get(`/api/v1/accounts/${known.bob}/statuses`) },
  'account statuses without replies': {
    read: () => get(`/api/v1/accounts/${known.bob}/statuses?exclude_replies=true`),
  },
  'pinned statuses': { read: () => get(`/api/v1/accounts/${known.bob}/statuses?pinned=true`) },
  list: { read: () => get(`/api/v1/timelines/list/${known.list}`) },
  favourites: { read: () => get('/api/v1/favourites') },
  bookmarks: { read: () => get('/api/v1/bookmarks') },
  thread: { read: () => get(`/api/v1/statuses/${known.post}/context`) },
  'one status': { read: () => get(`/api/v1/statuses/${known.post}`) },
  search: {
    read: () => get('/api/v2/search?q=bread&type=statuses'),
    unnamed: { 'd.document @@': 'what is best for a word of millions is not for one of three' },
  },
  suggestions: { read: () => get('/api/v2/suggestions') },
  notifications: { read: () => get('/api/v1/notifications') },
  'grouped notifications': { read: () => get('/api/v2/notifications') },
  conversations: { read: () => get('/api/v1/conversations') },
  'own account': { read: () => get('/api/v1/accounts/verify_credentials') },
  'an account': { read: () => get(`/api/v1/accounts/${known.bob}`) },
  relationships: { read: () => get(`/api/v1/accounts/relationships?id[]=${known.bob}&id[]=${known.alice}`) },
  instance: { read: () => get('/api/v2/instance') },
  'home page': { read: () => open('/') },
  'profile page': { read: () => open('/@bob') },
  'thread page': { read: () => open(`/@alice/${known.post}`) },
}

describe('all statements are prepared by name, except for these:', () => {
  test.each(Object.entries(reads))('%s', async (_, { read, unnamed = {} }) => {
    expect(compare(await r.unnamedOf(read), unnamed)).toEqual({ unstated: [], outdated: [] })
  })
})
