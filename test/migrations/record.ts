/** Records the statements of running processes: reads and writes by the API, posts from other servers, jobs. */
import { cp, mkdir } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { sql } from 'drizzle-orm'
import { runOnce } from 'graphile-worker'
import type { Client, Pool } from 'pg'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { cleanUp } from '#src/instance/clean-up.ts'
import { countDay } from '#src/instance/stats.ts'
import { startAct } from '#src/moderation/accounts/act.ts'
import { connect } from '#src/platform/db/index.ts'
import { ownMigrations } from '#src/platform/db/migrations/files.ts'
import { type AccountId, newId } from '#src/platform/ids.ts'
import { queueLogger } from '#src/platform/queue/logger.ts'
import { dayOf } from '#src/platform/time.ts'
import { favourite } from '#src/statuses/interactions/favourite.ts'
import { serve, type TestServer, tokenOf } from '../api/server.ts'
import { localAccount, makeFollow, remoteAccount, remoteStatus, status } from '../cast.ts'
import { database, type TestDatabase } from '../database.ts'
import { type Recording, type Statement, type Unit, writeRecording } from './release.ts'

const lanes = 3
/** Keys of accounts are replaced: they are not needed here, and private. */
const unwanted = /^insert into "keys"/

/** Writes the record of a release, from the current code, into a folder. */
export async function recordRelease(folder: string): Promise<void> {
  await mkdir(join(folder, 'meta'), { recursive: true })
  await cp(ownMigrations, folder, { recursive: true, filter: (path) => !basename(path).endsWith('_snapshot.json') })
  await cp(resolve(import.meta.dirname, 'fill.sql'), join(folder, 'fill.sql'))
  await writeRecording(folder, await record())
}

async function record(): Promise<Recording> {
  await using t = await database()
  const db = connect(t.url, 5)
  const units = recorded(db.$client)
  const recording = { ...t, db, app: { ...t.app, db } }
  await using server = await serve(recording.app)
  const people: Lane[] = []
  for (let number = 1; number <= lanes; number++) people.push(await arrive(recording, number))
  const setup = units.splice(0)
  const played: Unit[][] = []
  for (const lane of people) {
    await live(recording, server, lane)
    played.push(units.splice(0))
  }
  await db.$client.end()
  return { setup, lanes: played }
}

/** Collects the statements of a pool that has no connection yet. */
function recorded(pool: Pool): Unit[] {
  const units: Unit[] = []
  pool.on('connect', (client) => {
    let open: Unit | null = null
    const query = client.query.bind(client) as (...args: unknown[]) => unknown
    const recording = (...args: unknown[]) => {
      const statement = statementOf(args)
      if (/^begin/i.test(statement.text)) open = []
      else if (/^(commit|rollback)$/i.test(statement.text)) {
        if (/^commit$/i.test(statement.text) && open && open.length > 0) units.push(open)
        open = null
      } else if (!unwanted.test(statement.text)) {
        if (open) open.push(statement)
        else units.push([statement])
      }
      return query(...args)
    }
    client.query = recording as Client['query']
  })
  return units
}

function statementOf([first, second]: unknown[]): Statement {
  const { text, name, values } = (typeof first === 'string' ? { text: first } : first) as {
    text: string
    name?: string
    values?: unknown[]
  }
  return { text, name, values: (Array.isArray(second) ? second : values) ?? [] }
}

type Lane = {
  number: number
  alice: AccountId
  carol: AccountId
  aliceToken: string
  bobToken: string
  far: AccountId
  tag: string
}

async function arrive(t: TestDatabase, number: number): Promise<Lane> {
  const alice = await localAccount(t, `alice${number}`)
  const bob = await localAccount(t, `bob${number}`)
  const carol = await localAccount(t, `carol${number}`)
  const far = await remoteAccount(t, `far${number}`)
  await makeFollow(t, alice, bob)
  await makeFollow(t, bob, alice)
  await makeFollow(t, alice, far)
  // A lane's rows get new ids at each run; a hashtag keeps its id.
  const tag = `lane${number}`
  for (const author of [alice, bob, carol]) await status(t, author, { text: `Early words about #${tag}` })
  return {
    number,
    alice,
    carol,
    aliceToken: await tokenOf(t.app, alice),
    bobToken: await tokenOf(t.app, bob),
    far,
    tag,
  }
}

/** A busy minute of two people. It undoes everything but their posts, so that it can be repeated. */
async function live(
  t: TestDatabase,
  server: TestServer,
  { number, alice, carol, aliceToken, bobToken, far, tag }: Lane,
): Promise<void> {
  const ask = async (token: string, method: string, path: string, body?: object) => {
    const answer = await server.call(method, `/api/${path}`, { token, body })
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const asAlice = ask.bind(null, aliceToken)
  const asBob = ask.bind(null, bobToken)

  const post = await asAlice('POST', 'v1/statuses', { status: `Hello @bob${number} #${tag}`, visibility: 'public' })
  const poll = await asAlice('POST', 'v1/statuses', {
    status: 'Tea?',
    poll: { options: ['yes', 'no'], expires_in: 3600 },
  })
  const reply = await asBob('POST', 'v1/statuses', { status: 'Yes', in_reply_to_id: post.id })
  const direct = await asBob('POST', 'v1/statuses', { status: `@alice${number} psst`, visibility: 'direct' })
  await asBob('POST', `v1/polls/${poll.poll.id}/votes`, { choices: [0] })
  for (const verb of ['favourite', 'reblog', 'bookmark', 'unfavourite', 'unreblog', 'unbookmark', 'favourite'])
    await asBob('POST', `v1/statuses/${post.id}/${verb}`)
  await asAlice('PUT', `v1/statuses/${post.id}`, { status: `Hello again @bob${number} #${tag}` })
  await asAlice('POST', `v1/statuses/${post.id}/pin`)
  for (const verb of ['follow', 'note', 'unfollow', 'mute', 'unmute', 'block', 'unblock'])
    await asAlice('POST', `v1/accounts/${carol}/${verb}`, verb === 'note' ? { comment: 'Met once' } : {})
  const list = await asAlice('POST', 'v1/lists', { title: 'Friends' })
  await asAlice('PATCH', 'v1/accounts/update_credentials', { note: 'Writes' })

  // As the job does for a longer list.
  for (const action of ['silence', 'unsilence'] as const) await startAct(t.app, commandLine, [far], { action })

  const note = await remoteStatus(t, far, {
    uri: `https://remote.test/statuses/${newId()}`,
    inReplyToUri: post.uri,
    mentionedIds: [alice],
  })
  await t.db.transaction((tx) => favourite(tx, far, reply.id, { uri: `https://remote.test/likes/${newId()}` }))

  for (const path of [
    'v1/accounts/verify_credentials',
    'v1/timelines/home',
    'v1/timelines/public',
    'v1/timelines/public?local=true',
    `v1/timelines/tag/${tag}`,
    `v1/timelines/list/${list.id}`,
    `v1/accounts/${alice}`,
    `v1/accounts/${alice}/statuses`,
    `v1/accounts/${alice}/statuses?pinned=true`,
    `v1/accounts/${alice}/followers`,
    `v1/accounts/relationships?id[]=${carol}`,
    `v1/statuses/${post.id}`,
    `v1/statuses/${post.id}/context`,
    `v1/statuses/${post.id}/favourited_by`,
    `v1/statuses/${post.id}/history`,
    `v1/statuses/${note}`,
    'v1/notifications',
    'v2/notifications',
    'v1/conversations',
    'v1/favourites',
    'v1/bookmarks',
    'v1/lists',
    'v2/filters',
    'v2/instance',
    'v1/trends/tags',
    'v1/trends/statuses',
    `v2/search?q=${tag}`,
    'v2/search?q=hello&type=statuses',
    'v2/suggestions',
    'v1/directory',
    'v1/preferences',
    'v1/custom_emojis',
    'v1/announcements',
    'v1/markers?timeline[]=home',
  ])
    await asAlice('GET', path)

  await asAlice('POST', `v1/statuses/${post.id}/unpin`)
  await asBob('DELETE', `v1/statuses/${direct.id}`)
  await asAlice('DELETE', `v1/statuses/${poll.id}`)
  await asAlice('DELETE', `v1/lists/${list.id}`)
  await runQueue(t)
  await cleanUp(t.app)
  await t.db.transaction((tx) => countDay(tx, dayOf(new Date())))
}

/** Takes the jobs as a worker does, without running them: they would need other servers. */
async function runQueue(t: TestDatabase): Promise<void> {
  const { rows } = await t.db.execute<{ name: string }>(
    sql`select identifier as name from graphile_worker._private_tasks`,
  )
  await runOnce({
    pgPool: t.db.$client,
    taskList: Object.fromEntries(rows.map(({ name }) => [name, async () => {}])),
    logger: queueLogger,
    noHandleSignals: true,
  })
}
