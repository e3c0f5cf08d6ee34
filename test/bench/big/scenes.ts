/** The scenes of the big bench: requests of apps and other servers, and jobs, each by the production code. */
import { sql } from 'drizzle-orm'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { rejectApplicants } from '#src/accounts/sign-up/applicants.ts'
import { deleteAccount } from '#src/erasure/delete-account.ts'
import { eraseAccount } from '#src/erasure/erase-account.ts'
import { cleanUp } from '#src/instance/clean-up.ts'
import { countDay, countMissedDays } from '#src/instance/stats.ts'
import { applyDomainRules } from '#src/moderation/apply.ts'
import { sweepHosts } from '#src/outgoing/leases.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { watchHeartbeats } from '#src/platform/queue/heartbeat.ts'
import { dayOf } from '#src/platform/time.ts'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { indexBatch, isIndexIncomplete } from '#src/statuses/search/index-status.ts'
import type { Answer } from '../../../web/requests.ts'
import { readers, type Reader } from './rows.ts'

export type Cast = {
  tokens: Record<Reader, string>
  reader: Record<Reader, AccountId>
  /** Of the `thousand`. */
  listId: string
  busyRemote: AccountId
  busyLocal: { id: AccountId; username: string }
  /** A typical account to delete. */
  leaving: AccountId
  applicant: AccountId
  /** A post far back, ten pages or more. */
  longThread: StatusId
  tag: string
  rareTag: string
  /** A server with some hundred accounts. */
  domain: string
}

export type Scene = {
  name: string
  /** It can be measured only once. */
  changes?: true
  /** Tables of more than a million rows that it may read in whole, and why. */
  mayRead?: { tables: string[]; because: string }
  run(app: App, answer: Answer): Promise<unknown>
}

export function scenes(cast: Cast): Scene[] {
  const get =
    (path: string, reader: Reader | null = null) =>
    (_: App, answer: Answer) =>
      request(answer, 'GET', path, reader && cast.tokens[reader])
  const post = (path: string, body: object, reader: Reader) => (_: App, answer: Answer) =>
    request(answer, 'POST', path, cast.tokens[reader], body)
  const tenPages =
    (path: string, reader: Reader | null = null) =>
    async (_: App, answer: Answer) => {
      let url = path
      for (let page = 0; page < 10; page++) {
        const items = JSON.parse(await request(answer, 'GET', url, reader && cast.tokens[reader])) as { id: string }[]
        const last = items.at(-1)
        if (!last) return
        url = `${path}&max_id=${last.id}`
      }
    }
  const api = '/api/v1'
  return [
    ...(Object.keys(readers) as Reader[]).flatMap((reader): Scene[] => [
      { name: `home, ${readers[reader]} followed`, run: get(`${api}/timelines/home?limit=20`, reader) },
      { name: `home, ${readers[reader]} followed, ten pages`, run: tenPages(`${api}/timelines/home?limit=20`, reader) },
    ]),
    { name: 'public', run: get(`${api}/timelines/public?limit=20`) },
    { name: 'public, signed in', run: get(`${api}/timelines/public?limit=20`, 'hundred') },
    { name: 'public, media', run: get(`${api}/timelines/public?limit=20&only_media=true`, 'hundred') },
    { name: 'local', run: get(`${api}/timelines/public?local=true&limit=20`, 'hundred') },
    { name: 'local, ten pages', run: tenPages(`${api}/timelines/public?local=true&limit=20`, 'hundred') },
    { name: 'tag', run: get(`${api}/timelines/tag/${cast.tag}?limit=20`, 'hundred') },
    { name: 'tag, used by few', run: get(`${api}/timelines/tag/${cast.rareTag}?limit=20`, 'hundred') },
    { name: 'tag, ten pages', run: tenPages(`${api}/timelines/tag/${cast.tag}?limit=20`, 'hundred') },
    { name: 'list', run: get(`${api}/timelines/list/${cast.listId}?limit=20`, 'thousand') },
    { name: 'list, ten pages', run: tenPages(`${api}/timelines/list/${cast.listId}?limit=20`, 'thousand') },
    { name: 'account', run: get(`${api}/accounts/${cast.busyLocal.id}`, 'hundred') },
    {
      name: 'account, posts',
      run: get(`${api}/accounts/${cast.busyRemote}/statuses?limit=20&exclude_replies=true`, 'hundred'),
    },
    {
      name: 'account, media',
      run: get(`${api}/accounts/${cast.busyRemote}/statuses?limit=20&only_media=true`, 'hundred'),
    },
    { name: 'account, followers', run: get(`${api}/accounts/${cast.busyLocal.id}/followers?limit=40`, 'hundred') },
    { name: 'account, page', run: get(`/@${cast.busyLocal.username}`) },
    { name: 'post', run: get(`${api}/statuses/${cast.longThread}`, 'hundred') },
    { name: 'thread', run: get(`${api}/statuses/${cast.longThread}/context`, 'hundred') },
    { name: 'thread, page', run: get(`/@u/${cast.longThread}`) },
    { name: 'favourites', run: get(`${api}/favourites?limit=20`, 'hundred') },
    { name: 'bookmarks', run: get(`${api}/bookmarks?limit=20`, 'hundred') },
    { name: 'conversations', run: get(`${api}/conversations?limit=20`, 'hundred') },
    {
      name: 'search, frequent words',
      run: get('/api/v2/search?q=bread%20garden%20train&type=statuses&limit=20', 'hundred'),
    },
    { name: 'search, one word', run: get('/api/v2/search?q=river&type=statuses&limit=20', 'hundred') },
    { name: 'search, own', run: get('/api/v2/search?q=bread%20from:me&type=statuses&limit=20', 'hundred') },
    { name: 'search, nothing found', run: get('/api/v2/search?q=nobodysaysthis&type=statuses&limit=20', 'hundred') },
    { name: 'search, people', run: get('/api/v2/search?q=u12&type=accounts&limit=20', 'hundred') },
    { name: 'search, names', run: get('/api/v2/search?q=Person%201&type=accounts&limit=20', 'hundred') },
    { name: 'search, tags', run: get('/api/v2/search?q=tag1&type=hashtags&limit=20', 'hundred') },
    { name: 'notifications', run: get(`${api}/notifications?limit=20`, 'hundred') },
    { name: 'notifications, ten pages', run: tenPages(`${api}/notifications?limit=20`, 'hundred') },
    { name: 'notifications, grouped', run: get('/api/v2/notifications?limit=20', 'hundred') },
    { name: 'notifications, unread', run: get('/api/v2/notifications/unread_count', 'hundred') },
    { name: 'suggestions', run: get('/api/v2/suggestions?limit=20', 'thousand') },
    { name: 'directory', run: get(`${api}/directory?limit=40`) },
    { name: 'directory, local and new', run: get(`${api}/directory?limit=40&local=true&order=new`) },
    { name: 'trending posts', run: get(`${api}/trends/statuses`, 'hundred') },
    { name: 'trending tags', run: get(`${api}/trends/tags`, 'hundred') },
    { name: 'trending links', run: get(`${api}/trends/links`, 'hundred') },
    { name: 'instance', run: get('/api/v2/instance') },
    { name: 'instance, activity', run: get(`${api}/instance/activity`) },
    { name: 'instance, peers', run: get(`${api}/instance/peers`) },
    { name: 'NodeInfo', run: get('/nodeinfo/2.1') },
    { name: 'about, page', run: get('/about') },
    {
      name: 'outbox',
      run: (app, answer) =>
        request(
          answer,
          'GET',
          `${new URL(app.uris.outbox(cast.busyLocal.id)).pathname}?page=true`,
          null,
          undefined,
          'application/activity+json',
        ),
    },
    {
      name: 'followers, for servers',
      run: (app, answer) =>
        request(
          answer,
          'GET',
          `${new URL(app.uris.followers(cast.busyLocal.id)).pathname}?page=true`,
          null,
          undefined,
          'application/activity+json',
        ),
    },
    {
      name: 'a post is written',
      changes: true,
      run: post(`${api}/statuses`, { status: 'Bread for all #tag1' }, 'hundred'),
    },
    {
      name: 'a post is favourited',
      changes: true,
      run: post(`${api}/statuses/${cast.longThread}/favourite`, {}, 'hundred'),
    },
    { name: 'a post is boosted', changes: true, run: post(`${api}/statuses/${cast.longThread}/reblog`, {}, 'hundred') },
    { name: 'somebody is followed', changes: true, run: post(`${api}/accounts/${cast.busyRemote}/follow`, {}, 'few') },
    { name: 'somebody is blocked', changes: true, run: post(`${api}/accounts/${cast.leaving}/block`, {}, 'few') },
    {
      name: 'an applicant is turned away',
      changes: true,
      run: (app) => app.db.transaction((tx) => rejectApplicants(tx, app.secrets, commandLine, [cast.applicant])),
    },
    {
      name: 'job: looking after workers, twice',
      run: async (app) => {
        const check = watchHeartbeats(app.db)
        await check()
        await check()
      },
      mayRead: { tables: ['_private_jobs'], because: 'once a minute, and when a worker has vanished' },
    },
    { name: 'job: sweep-deliveries', changes: true, run: (app) => sweepHosts(app.db) },
    { name: 'job: trends', changes: true, run: (app) => computeTrends(app.db) },
    {
      name: 'job: daily-stats',
      changes: true,
      run: async (app) => {
        await countMissedDays(app.db)
        await app.db.transaction((tx) => countDay(tx, dayOf(new Date())))
      },
    },
    { name: 'job: clean-up', changes: true, run: (app) => cleanUp(app) },
    {
      name: 'job: index-statuses',
      changes: true,
      run: async (app) => {
        await isIndexIncomplete(app.db)
        await indexBatch(app.db, null)
      },
    },
    {
      name: 'job: apply-domain-rules',
      changes: true,
      run: async (app) => {
        await app.db.execute(
          sql`insert into domain_rules (domain, severity, rejects_media) values (${cast.domain}, 'suspend', true)`,
        )
        await applyDomainRules(app.db, { domain: cast.domain })
      },
    },
    {
      name: 'an account is deleted',
      changes: true,
      run: (app) => app.db.transaction((tx) => deleteAccount(tx, cast.leaving)),
    },
    {
      name: 'the busiest account elsewhere is deleted',
      changes: true,
      run: (app) => app.db.transaction((tx) => deleteAccount(tx, cast.busyRemote)),
    },
    {
      name: 'job: erase-account, of the busiest',
      changes: true,
      run: (app) => eraseAccount(app.db, cast.busyRemote, true),
    },
  ]
}

async function request(
  answer: Answer,
  method: string,
  path: string,
  token: string | null,
  body?: object,
  accept = 'application/json, text/html',
): Promise<string> {
  const init: RequestInit = {
    method,
    headers: {
      Accept: accept,
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }
  const response = await answer(new Request(`http://localhost:3000${path}`, init), {
    clientAddress: '127.0.0.1',
    requestId: 'bench',
  })
  const text = await response.text()
  if (response.status >= 400) throw new Error(`${method} ${path} answered ${response.status}: ${text.slice(0, 300)}`)
  return text
}
