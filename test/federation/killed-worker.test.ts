import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine } from '#src/accounts/roles/staff.ts'
import { resumeHost, stopHost } from '#src/outgoing/hosts.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { localAccount, makeFollow, status } from '../cast.ts'
import { eventually } from '../patience.ts'
import { start } from '../runtime/process.ts'
import { scene } from './setup.ts'

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'what a worker had not sent when it ended by %s is sent by the next one, under the same ids, and in order',
  async (signal) => {
    await using s = await scene()
    const alice = await localAccount(s.t, 'alice')
    const people = Array.from({ length: 12 }, (_, i) => `p${i}`)
    for (const name of people)
      await makeFollow(s.t, (await s.t.app.remote.url(s.peer.actor(name).uri))!.id as AccountId, alice)
    await s.work()
    s.peer.posted.length = 0
    await s.t.db.execute(sql`insert into hosts (host) values (${s.peer.host}) on conflict do nothing`)
    await s.t.db.transaction((tx) => stopHost(tx, commandLine, s.peer.host))
    for (const text of ['1', '2', '3']) await status(s.t, alice, { text })
    await s.work()
    await s.t.db.transaction((tx) => resumeHost(tx, commandLine, s.peer.host))
    const env = {
      DATABASE_URL: s.t.url,
      DATA_DIR: s.t.app.config.dataDir,
      ORIGIN: s.t.app.config.origin,
      ALLOW_PRIVATE_ADDRESSES: '127.0.0.0/8',
    }
    // Every answer takes a moment, so that the end comes in the middle: the one at once, or the one after some seconds.
    s.peer.pauseMs = signal === 'SIGKILL' ? 100 : 2_000
    {
      await using worker = await start(env, ['jobs/main.ts'])
      await eventually(async () => s.peer.posted.length >= 4)
      worker.child.kill(signal)
      await worker.ended
    }
    const before = s.peer.posted.length
    s.peer.pauseMs = 0
    expect(before).toBeLessThan(36)
    // A stopped worker ends its lease; a killed worker leaves it for the rest of its minute.
    expect((await s.t.db.execute(sql`select from hosts where lease_ends_at > now()`)).rows).toHaveLength(
      signal === 'SIGKILL' ? 1 : 0,
    )
    await s.t.db.execute(sql`update hosts set next_try_at = now(), lease_ends_at = null`)

    await using _next = await start(env, ['jobs/main.ts'])
    await eventually(async () => (await s.t.db.execute(sql`select from deliveries limit 1`)).rows.length === 0)
    for (const name of people) {
      const ids = s.peer.posted
        .filter(({ path }) => path === `/users/${name}/inbox`)
        .map(({ body }) => JSON.parse(body) as { id: string; object: { content: string } })
      // Repeats have the id of an earlier activity; without them, everything arrived once and in order.
      const distinct = [...new Map(ids.map(({ id, object }) => [id, object.content])).values()]
      expect([name, distinct]).toEqual([name, ['<p>1</p>', '<p>2</p>', '<p>3</p>']])
    }
    // Requests that were running at the kill are not known to have arrived.
    expect(s.peer.posted.length).toBeLessThanOrEqual(36 + (signal === 'SIGKILL' ? 16 : 2))
  },
)
