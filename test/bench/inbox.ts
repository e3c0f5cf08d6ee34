/**
 * Processor time of server, worker and database for activities of other servers, signed and over HTTP, until all their jobs are
 * done: `npx node --import tsx test/bench/inbox.ts [activities]`, next to the floor of any server: a signature checked, JSON
 * parsed, a row inserted. Works on Linux, whose /proc tells the processor time.
 */
import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { Pool } from 'undici'
import { receiveRemoteAccount } from '#src/accounts/receive.ts'
import { openEmbedded } from '#src/platform/db/embedded.ts'
import { connect } from '#src/platform/db/index.ts'
import { migrate } from '#src/platform/db/migrate.ts'
import { type AccountId, newId } from '#src/platform/ids.ts'
import { start } from '#test/runtime/process.ts'
import { sha256 } from '../federation/peer.ts'
import { postgresTime, processorTime } from './processor-time.ts'

const count = Number(process.argv[2] ?? 1_000)
const warmUps = 400
const connections = 8
const print = (line: string) => process.stdout.write(`${line}\n`)

const folder = await mkdtemp(join(tmpdir(), 'pipit-bench-'))
const embedded = await openEmbedded(folder)
await migrate(embedded.url)
const db = connect(embedded.url, 2)

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()
const documents = new Map<string, object>()
const elsewhere = createServer((request, response) => {
  const document = documents.get(request.url ?? '')
  if (document) response.writeHead(200, { 'content-type': 'application/activity+json' }).end(JSON.stringify(document))
  else response.writeHead(404).end()
}).listen(0, '127.0.0.1')
await once(elsewhere, 'listening')
const host = `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
const context = [
  'https://www.w3.org/ns/activitystreams',
  'https://w3id.org/security/v1',
  {
    ostatus: 'http://ostatus.org#',
    atomUri: 'ostatus:atomUri',
    inReplyToAtomUri: 'ostatus:inReplyToAtomUri',
    conversation: 'ostatus:conversation',
    sensitive: 'as:sensitive',
    toot: 'http://joinmastodon.org/ns#',
    votersCount: 'toot:votersCount',
    Hashtag: 'as:Hashtag',
  },
]
const actorUri = (name: string) => `http://${host}/users/${name}`
for (const name of ['followed', 'stranger']) {
  const uri = actorUri(name)
  documents.set(`/users/${name}`, {
    '@context': context,
    id: uri,
    type: 'Person',
    preferredUsername: name,
    inbox: `${uri}/inbox`,
    outbox: `${uri}/outbox`,
    followers: `${uri}/followers`,
    publicKey: { id: `${uri}#main-key`, owner: uri, publicKeyPem },
  })
}

await db.transaction(async (tx) => {
  const uri = actorUri('followed')
  const followed = await receiveRemoteAccount(tx, {
    uri,
    url: uri,
    username: 'followed',
    domain: host,
    actorType: 'Person',
    displayName: 'Followed',
    note: '',
    fields: [],
    avatarUrl: null,
    headerUrl: null,
    isLocked: false,
    isDiscoverable: true,
    isIndexable: true,
    inboxUrl: `${uri}/inbox`,
    sharedInboxUrl: null,
    outboxUrl: `${uri}/outbox`,
    followersUrl: `${uri}/followers`,
    followingUrl: null,
    featuredUrl: null,
    publishedAt: null,
  })
  const reader = newId<AccountId>()
  await tx.execute(
    sql`insert into accounts (id, username, uri, url, inbox_url) values (${reader}, 'reader', 'http://reader.test', 'http://reader.test', 'http://reader.test/inbox')`,
  )
  await tx.execute(sql`insert into account_stats (account_id) values (${reader})`)
  await tx.execute(
    sql`insert into follows (id, follower_id, target_id, uri) values (${newId()}, ${reader}, ${followed}, 'http://reader.test#follow')`,
  )
})

const server = await start({
  DATABASE_URL: embedded.url,
  DATA_DIR: folder,
  LOG_LEVEL: 'error',
  ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
})
await server.printed('http')
const origin = `http://localhost:${server.port}`
const pool = new Pool(origin, { connections, pipelining: 1 })

type Prepared = { body: string; headers: Record<string, string> }

function prepared(activity: { actor: string }): Prepared {
  const body = JSON.stringify(activity)
  const [date, digest] = [new Date().toUTCString(), `SHA-256=${sha256(body)}`]
  const lines = [
    `(request-target): post /ap/inbox`,
    `host: localhost:${server.port}`,
    `date: ${date}`,
    `digest: ${digest}`,
    'content-type: application/activity+json',
  ]
  const signature = sign('RSA-SHA256', Buffer.from(lines.join('\n')), privateKey).toString('base64')
  return {
    body,
    headers: {
      host: `localhost:${server.port}`,
      date,
      digest,
      'content-type': 'application/activity+json',
      signature: `keyId="${activity.actor}#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="${signature}"`,
    },
  }
}

let made = 0
/** As Mastodon sends them, with its linked data signature. */
function create(name: string): { id: string; actor: string; object: { id: string } } {
  const [actor, n] = [actorUri(name), ++made]
  const [id, to, cc, published] = [
    `${actor}/statuses/${n}`,
    ['https://www.w3.org/ns/activitystreams#Public'],
    [`${actor}/followers`],
    new Date().toISOString(),
  ]
  const content = `<p>Number ${n}: the swallows are back, and the garden is full of them since this morning. <a href="http://${host}/tags/birds" class="mention hashtag" rel="tag">#<span>birds</span></a></p>`
  const note = {
    id,
    type: 'Note',
    summary: null,
    inReplyTo: null,
    published,
    url: `http://${host}/@${name}/${n}`,
    attributedTo: actor,
    to,
    cc,
    sensitive: false,
    atomUri: id,
    inReplyToAtomUri: null,
    conversation: `tag:${host},2026:objectId=${n}:objectType=Conversation`,
    content,
    contentMap: { en: content },
    attachment: [],
    tag: [{ type: 'Hashtag', href: `http://${host}/tags/birds`, name: '#birds' }],
    replies: {
      id: `${id}/replies`,
      type: 'Collection',
      first: {
        type: 'CollectionPage',
        next: `${id}/replies?only_other_accounts=true&page=true`,
        partOf: `${id}/replies`,
        items: [],
      },
    },
    likes: { id: `${id}/likes`, type: 'Collection', totalItems: 0 },
    shares: { id: `${id}/shares`, type: 'Collection', totalItems: 0 },
  }
  const signature = {
    type: 'RsaSignature2017',
    creator: `${actor}#main-key`,
    created: published,
    signatureValue: 'x'.repeat(344),
  }
  return {
    '@context': context,
    id: `${id}/activity`,
    type: 'Create',
    actor,
    published,
    to,
    cc,
    object: note,
    signature,
  } as ReturnType<typeof create>
}

async function post({ body, headers }: Prepared): Promise<void> {
  const { statusCode, body: answer } = await pool.request({ method: 'POST', path: '/ap/inbox', headers, body })
  const text = await answer.text()
  if (statusCode !== 202) throw new Error(`Answered ${statusCode}: ${text}`)
}

/** Processor time of Pipit and of PostgreSQL, in ms. */
async function used(): Promise<{ pipit: number; postgres: number }> {
  return { pipit: await processorTime(server.pid), postgres: await postgresTime(folder) }
}

async function idle(): Promise<void> {
  for (;;) {
    const {
      rows: [row],
    } = await db.execute<{ n: number }>(
      sql`select count(*)::int as n from graphile_worker._private_jobs where run_at <= now()`,
    )
    if (row?.n === 0) return
    await sleep(100)
  }
}

async function deliver(all: Prepared[]): Promise<void> {
  const rest = [...all]
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let next = rest.pop(); next; next = rest.pop()) await post(next)
    }),
  )
  await idle()
}

async function measure(name: string, make: () => Prepared): Promise<void> {
  await deliver(Array.from({ length: warmUps }, make))
  const all = Array.from({ length: count }, make)
  await sleep(500)
  const [before, began] = [await used(), performance.now()]
  await deliver(all)
  const [after, took] = [await used(), performance.now() - began]
  const [pipit, postgres] = [(after.pipit - before.pipit) / count, (after.postgres - before.postgres) / count]
  print(
    `${name.padEnd(34)} ${(pipit + postgres).toFixed(2)} ms CPU (${pipit.toFixed(2)} Pipit, ${postgres.toFixed(2)} PostgreSQL), ${((count * 1_000) / took).toFixed(0)}/s`,
  )
}

/** The minimum of work of any server. */
async function floor(): Promise<void> {
  const { body } = prepared(create('followed'))
  const [key, bytes] = [createPublicKey(publicKeyPem), Buffer.from(body)]
  const signature = sign('RSA-SHA256', bytes, privateKey)
  await db.execute(sql`create table if not exists floor (id bigint primary key, body text)`)
  const before = await used()
  const own = process.cpuUsage()
  for (let i = 0; i < count; i++) {
    sha256(body)
    verify('RSA-SHA256', bytes, key, signature)
    JSON.parse(body)
    await db.$client.query({ name: 'floor', text: 'insert into floor values ($1, $2)', values: [i, body] })
  }
  const { user, system } = process.cpuUsage(own)
  const postgres = ((await used()).postgres - before.postgres) / count
  print(
    `${'floor'.padEnd(34)} ${((user + system) / 1_000 / count + postgres).toFixed(2)} ms CPU (${((user + system) / 1_000 / count).toFixed(2)} in Node, ${postgres.toFixed(2)} PostgreSQL)`,
  )
}

try {
  await floor()
  const wanted = () => prepared(create('followed'))
  await measure('Create of somebody followed', wanted)
  const {
    rows: [stored],
  } = await db.execute<{ n: number; last: string }>(sql`select count(*)::int as n, max(id)::text as last from statuses`)
  const shown = await fetch(`${origin}/api/v1/statuses/${stored?.last}`)
  if (stored?.n !== warmUps + count || shown.status !== 200)
    throw new Error(`${stored?.n} were stored, and the last one is answered ${shown.status}`)
  const repeated = wanted()
  await deliver([repeated])
  await measure('the same one again', () => repeated)
  await measure('Create that nobody wants', () => prepared(create('stranger')))
  await measure('Like of an unknown post', () =>
    prepared({
      '@context': context,
      id: `${actorUri('followed')}#likes/${++made}`,
      type: 'Like',
      actor: actorUri('followed'),
      object: 'https://elsewhere.test/1',
    } as { actor: string }),
  )
  await measure('Delete of an unknown account', () => {
    const actor = actorUri(`ghost${++made}`)
    return prepared({ '@context': context, id: `${actor}#delete`, type: 'Delete', actor, object: actor } as {
      actor: string
    })
  })
} finally {
  await pool.close()
  await server[Symbol.asyncDispose]()
  await db.$client.end()
  await embedded.close()
  elsewhere.close()
  elsewhere.closeAllConnections()
  await rm(folder, { recursive: true, force: true })
}
