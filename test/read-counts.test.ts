/** The number of statements for each page of the website and each read of an app: the same for twenty times the rows. */
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { currentSeason } from '#src/instance/annual-reports/season.ts'
import { type AccountId, type MediaId, newId, type StatusId } from '#src/platform/ids.ts'
import { tokenOf } from './api/server.ts'
import { visitor, type Visitor } from './api/visitor.ts'
import { localAccount, makeFollow, password, remoteAccount, remoteStatus, status } from './cast.ts'
import { type Recorded, recorded } from './statements.ts'

/** Each of them writes seven posts: more than any page shows. */
const many = 20

let r: Recorded
let token: string
let browser: Visitor
let stranger: Visitor
const known = { alice: '' as AccountId, bob: '' as AccountId, post: '' as StatusId, list: '', report: '' }
const people: AccountId[] = []

async function call(method: string, path: string, body?: object): Promise<{ id: string }> {
  const answer = await fetch(`${r.origin}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`)
  return (await answer.json()) as { id: string }
}

async function picture(owner: AccountId): Promise<MediaId> {
  const id = newId<MediaId>()
  await r.t.db.execute(sql`insert into media (id, account_id, kind, media_type, file, preview_file, width, height)
    values (${id}, ${owner}, 'image', 'image/webp', ${`${id}.webp`}, ${`${id}-small.webp`}, 10, 10)`)
  return id
}

/** An account that writes, quotes, boosts and answers posts of each kind, follows alice, is followed by her, and is on her list and in her favourites. */
async function arrive(author: AccountId): Promise<void> {
  const { t } = r
  const { alice, bob, post } = known
  people.push(author)
  await makeFollow(t, alice, author)
  await makeFollow(t, author, alice)
  await makeFollow(t, author, bob)
  await makeFollow(t, bob, author)
  await call('POST', `/api/v1/lists/${known.list}/accounts`, { account_ids: [author] })
  await call('POST', `/api/v1/accounts/${author}/note`, { comment: 'A friend' })

  await status(t, author, {
    text: 'Which bread? #meadow',
    poll: { options: ['Rye', 'Wheat'], expiresInSeconds: 3_600 },
  })
  await status(t, author, { text: 'Bread in a picture #meadow', mediaIds: [await picture(author)] })
  await status(t, author, { text: 'Somebody asked @alice about bread', quotedStatusId: post })
  const reply = await status(t, author, { text: 'Bread, @alice', inReplyToId: post })
  await status(t, bob, { text: 'Bob shows bread', mediaIds: [await picture(bob)] })
  await status(t, author, { text: 'Between us, @alice', visibility: 'direct' })
  const tokenOfAuthor = await tokenOf(t.app, author)
  await fetch(`${r.origin}/api/v1/statuses/${post}/reblog`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${tokenOfAuthor}` },
  })
  await fetch(`${r.origin}/api/v1/statuses/${post}/favourite`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${tokenOfAuthor}` },
  })
  await call('POST', `/api/v1/statuses/${reply}/favourite`)
  await call('POST', `/api/v1/statuses/${reply}/bookmark`)

  await call('POST', '/api/v1/admin/email_domain_blocks', { domain: `mail${author}.test` })
  await t.db.execute(
    sql`insert into webhooks (id, url, events, secret, is_enabled) select coalesce(max(id), 0) + 1, 'https://hooks.test/', '{report.created}', '', false from webhooks`,
  )
  const ip = `203.0.113.${people.length}`
  await call('POST', '/api/v1/admin/ip_blocks', { ip, severity: 'no_access' })

  const far = await remoteAccount(t, `far${author}`, `far${author}.test`)
  await makeFollow(t, alice, far)
  await remoteStatus(t, far, { content: '<p>Bread from afar</p>' })
  // What moderators review: a hashtag, a link with its publisher, and a post.
  const trending = await status(t, author, { text: `#of${author} https://site${author}.test/` })
  const tag = sql`(select tag_id from status_tags where status_id = ${trending})`
  const card = sql`(select card_id from status_cards where status_id = ${trending})`
  await t.db.execute(sql`update cards set is_usable = true, title = 'A page' where id = ${card}`)
  await t.db.execute(sql`insert into trending_tags (tag_id, score, is_allowed) values (${tag}, 1, true)`)
  await t.db.execute(sql`insert into trending_cards (card_id, score, is_allowed) values (${card}, 1, true)`)
  await t.db.execute(sql`insert into trending_statuses (status_id, score, is_allowed) values (${trending}, 1, true)`)
  await t.db.execute(sql`insert into link_publishers (id, domain) values (${newId()}, ${`site${author}.test`})`)
  // The locked one has requests to decide on.
  const asking = await localAccount(t, `asking${author}`)
  await t.db.execute(
    sql`insert into follow_requests (id, follower_id, target_id, uri) values (${newId()}, ${asking}, ${alice}, ${`https://pipit.test/f/${asking}`})`,
  )
  // Staff have reports about each, with posts and rules.
  await t.db
    .execute(sql`insert into reports (id, account_id, target_id, assigned_to_id, category, comment, status_ids, rule_ids)
    values (${newId()}, ${far}, ${author}, ${alice}, 'violation', 'Too much bread', array[${reply}]::bigint[], array[1]::bigint[])`)
}

beforeAll(async () => {
  r = await recorded()
  const { t } = r
  known.alice = await localAccount(t, 'alice')
  known.bob = await localAccount(t, 'bob')
  await t.db.execute(sql`update users set role = 'admin' where account_id = ${known.alice}`)
  await makeFollow(t, known.alice, known.bob)
  token = await tokenOf(t.app, known.alice)
  known.list = (await call('POST', '/api/v1/lists', { title: 'Friends' })).id
  await call('POST', '/api/v1/tags/meadow/follow')
  await call('POST', '/api/v2/filters', {
    title: 'Peace',
    context: ['home', 'public'],
    keywords_attributes: [{ keyword: 'war' }],
  })
  known.post = await status(t, known.alice, { text: 'Which bread with the soup? #meadow' })
  browser = visitor(r.origin)
  await browser.send(await browser.open('/login'), '/login', { login: 'alice', password })
  stranger = visitor(r.origin)
  await t.db.execute(sql`insert into rules (id, position, text, hint) values (1, 1, 'Be kind', '')`)
  await arrive(await localAccount(t, 'friend0'))
  const { rows } = await t.db.execute<{ id: string }>(sql`select id from reports`)
  known.report = rows[0]?.id ?? ''
})
afterAll(() => r[Symbol.asyncDispose]())

const get = (path: string) => call('GET', path)
async function open(path: string, who = browser): Promise<void> {
  const { status: code } = await who.open(path)
  if (code !== 200) throw new Error(`${path} answered ${code}`)
}

/** Reads, each with its number of statements. One more needs a decision: it costs a round trip at each read. */
const reads: [name: string, read: () => Promise<unknown>, statements: number][] = [
  ['home timeline', () => get('/api/v1/timelines/home'), 7],
  ['public timeline', () => get('/api/v1/timelines/public'), 5],
  ['local timeline', () => get('/api/v1/timelines/public?local=true'), 5],
  ['timeline of a hashtag', () => get('/api/v1/timelines/tag/meadow'), 6],
  ['timeline of a list', () => get(`/api/v1/timelines/list/${known.list}`), 7],
  ['posts of an account', () => get(`/api/v1/accounts/${known.bob}/statuses`), 7],
  ['media of an account', () => get(`/api/v1/accounts/${known.bob}/statuses?only_media=true`), 7],
  ['favourites', () => get('/api/v1/favourites'), 5],
  ['bookmarks', () => get('/api/v1/bookmarks'), 5],
  ['one post', () => get(`/api/v1/statuses/${known.post}`), 4],
  ['thread', () => get(`/api/v1/statuses/${known.post}/context`), 8],
  ['who boosted a post', () => get(`/api/v1/statuses/${known.post}/reblogged_by`), 4],
  ['who favoured a post', () => get(`/api/v1/statuses/${known.post}/favourited_by`), 4],
  ['quotes of a post', () => get(`/api/v1/statuses/${known.post}/quotes`), 6],
  ['notifications', () => get('/api/v1/notifications'), 5],
  ['grouped notifications', () => get('/api/v2/notifications'), 5],
  ['conversations', () => get('/api/v1/conversations'), 6],
  ['follow requests', () => get('/api/v1/follow_requests'), 3],
  ['own account', () => get('/api/v1/accounts/verify_credentials'), 3],
  ['an account', () => get(`/api/v1/accounts/${known.bob}`), 3],
  ['several accounts', () => get(`/api/v1/accounts?${people.map((id) => `id[]=${id}`).join('&')}`), 2],
  ['relationships', () => get(`/api/v1/accounts/relationships?${people.map((id) => `id[]=${id}`).join('&')}`), 2],
  ['followers', () => get(`/api/v1/accounts/${known.alice}/followers`), 4],
  ['followed accounts', () => get(`/api/v1/accounts/${known.alice}/following`), 4],
  ['familiar followers', () => get(`/api/v1/accounts/familiar_followers?id[]=${known.bob}`), 3],
  ['accounts of a list', () => get(`/api/v1/lists/${known.list}/accounts`), 4],
  ['lists', () => get('/api/v1/lists'), 2],
  ['filters', () => get('/api/v2/filters'), 2],
  ['search', () => get('/api/v2/search?q=bread'), 8],
  ['search of accounts', () => get('/api/v1/accounts/search?q=friend'), 3],
  ['suggestions', () => get('/api/v2/suggestions'), 2],
  ['directory', () => get('/api/v1/directory'), 3],
  ['instance', () => get('/api/v2/instance'), 1],
  ['accounts for staff', () => get('/api/v2/admin/accounts?limit=200'), 5],
  ['local accounts for staff', () => get('/api/v1/admin/accounts?limit=200'), 5],
  ['an account for staff', () => get(`/api/v1/admin/accounts/${known.bob}`), 4],
  ['reports', () => get('/api/v1/admin/reports?limit=200'), 9],
  ['a report', () => get(`/api/v1/admin/reports/${known.report}`), 9],
  ['rules about networks', () => get('/api/v1/admin/ip_blocks'), 2],
  ['rules about mail domains', () => get('/api/v1/admin/email_domain_blocks'), 3],

  // In its season it asks if there is a year to look back at.
  ['page: home', () => open('/'), currentSeason() === null ? 14 : 16],
  ['page: home of strangers', () => open('/', stranger), 1],
  ['page: explore', () => open('/explore'), 10],
  ['page: announcements', () => open('/announcements'), 7],
  ['page: year', () => open(`/year/${new Date().getUTCFullYear() - 1}`), 9],
  ['page: trending hashtags', () => open('/explore/tags'), 9],
  ['page: trending links', () => open('/explore/links'), 9],
  ['page: suggested people', () => open('/explore/people'), 7],
  ['page: directory', () => open('/directory'), 9],
  ['page: public timeline', () => open('/public'), 10],
  ['page: hashtag', () => open('/tags/meadow'), 14],
  ['page: profile', () => open('/@bob'), 18],
  ['page: profile, for strangers', () => open('/@bob', stranger), 7],
  ['page: profile with replies', () => open('/@bob/with_replies'), 15],
  ['page: media of a profile', () => open('/@bob/media'), 15],
  ['page: followers', () => open('/@bob/followers'), 14],
  ['page: followed accounts', () => open('/@bob/following'), 14],
  ['page: post', () => open(`/@alice/${known.post}`), 14],
  ['page: post, for strangers', () => open(`/@alice/${known.post}`, stranger), 5],
  ['page: history', () => open(`/@alice/${known.post}/history`), 13],
  ['page: notifications', () => open('/notifications'), 12],
  ['page: one kind of notifications', () => open('/notifications?show=mentions'), 11],
  ['page: catch-up', () => open(`/catch-up?since=1&until=${known.post}`), 14],
  ['page: notification requests', () => open('/notifications/requests'), 7],
  ['page: follow requests', () => open('/approvals?show=follows'), 9],
  ['page: favourites', () => open('/favourites'), 10],
  ['page: bookmarks', () => open('/bookmarks'), 10],
  ['page: search', () => open('/search?q=bread'), 14],
  ['page: compose', () => open('/compose'), 9],
  ['page: edit', () => open(`/statuses/${known.post}/edit`), 11],
  ['page: about', () => open('/about'), 7],
  ['page: log in', () => open('/login', stranger), 0],
  ['page: settings of the profile', () => open('/settings/profile'), 13],
  ['page: settings of the account', () => open('/settings/account'), 7],
  ['page: log-in by providers', () => open('/settings/providers'), 7],
  ['page: mail address', () => open('/settings/email'), 8],
  ['page: access tokens', () => open('/settings/tokens'), 7],
  ['page: apps', () => open('/settings/apps'), 7],
  ['page: browsers', () => open('/settings/sessions'), 7],
  ['page: security log', () => open('/settings/security-log'), 7],
  ['page: moving', () => open('/settings/moving'), 8],
  ['page: statistics', () => open('/admin'), 8],
  ['page: sign-ups that wait', () => open('/admin/applicants'), 8],
  ['page: accounts for moderators', () => open('/admin/accounts'), 9],
  ['page: accounts that a search finds', () => open('/admin/accounts?q=friend'), 9],
  ['page: the last active accounts', () => open('/admin/accounts?order=active'), 10],
  [
    'page: what would be done to accounts',
    () => open(`/admin/accounts/act?action=silence&all=1&ids=${people.join('+')}`),
    9,
  ],
  ['page: an account for staff', () => open(`/admin/accounts/${known.bob}`), 21],
  ['page: security of an account', () => open(`/admin/accounts/${known.bob}/security`), 9],
  ['page: settings of the instance', () => open('/admin/settings'), 6],
  ['page: review of trends', () => open('/admin/trends'), 14],
  ['page: publishers of links', () => open('/admin/trends/publishers'), 8],
  ['hashtags for staff', () => get('/api/v1/admin/tags'), 4],
  ['trending hashtags for staff', () => get('/api/v1/admin/trends/tags'), 4],
  ['trending links for staff', () => get('/api/v1/admin/trends/links'), 4],
  ['trending posts for staff', () => get('/api/v1/admin/trends/statuses'), 5],
  ['publishers of links for staff', () => get('/api/v1/admin/trends/links/publishers'), 2],
  ['page: roles', () => open('/admin/roles'), 8],
  ['page: webhooks', () => open('/admin/webhooks'), 8],
  ['page: transparency', () => open('/about/transparency'), 6],
]

describe('statements do not grow with the rows:', () => {
  const few = new Map<string, number>()
  beforeAll(async () => {
    for (const [name, read] of reads) few.set(name, await r.countOf(read))
    for (let n = 1; n < many; n++) await arrive(await localAccount(r.t, `friend${n}`))
  })
  test.each(reads)('%s', async (name, read, statements) => {
    expect({ withOne: few.get(name), withMany: await r.countOf(read) }).toEqual({
      withOne: statements,
      withMany: statements,
    })
  })
})
