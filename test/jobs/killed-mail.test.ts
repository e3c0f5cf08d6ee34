import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { sql } from 'drizzle-orm'
import { SMTPServer } from 'smtp-server'
import { expect, test } from 'vitest'
import { localAccount, remoteAccount, remoteStatus } from '#test/cast.ts'
import { database } from '#test/database.ts'
import { eventually } from '../patience.ts'
import { start } from '../runtime/process.ts'
import { mailbox } from './mailbox.ts'

test('a mail is sent once if its worker is killed before the mail server accepts it', async () => {
  // It takes connections and says nothing, as a mail server that hangs.
  const sockets: Socket[] = []
  const mute = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1')
  await once(mute, 'listening')
  await using box = await mailbox()
  await using t = await database()
  const env = { DATABASE_URL: t.url, DATA_DIR: t.app.config.dataDir, ORIGIN: t.app.config.origin, LOG_LEVEL: 'info' }
  await remoteStatus(t, await remoteAccount(t, 'carol'), { mentionedIds: [await localAccount(t, 'alice')] })

  await using killed = await start({ ...env, SMTP_URL: `smtp://127.0.0.1:${(mute.address() as AddressInfo).port}` }, [
    'jobs/main.ts',
  ])
  await eventually(async () => sockets.length > 0)
  killed.child.kill('SIGKILL')
  await killed.ended

  await using worker = await start({ ...env, SMTP_URL: box.url }, ['jobs/main.ts'])
  await worker.printed('runs')
  await eventually(async () => box.mails.length > 0)
  await eventually(async () => (await t.jobs()).length === 0)
  expect(box.mails.map(({ to }) => to)).toEqual([['alice@mail.test']])
  const { rows } = await t.db.execute<{ mailed: boolean }>(
    sql`select mailed_at is not null as mailed from notifications`,
  )
  expect(rows).toEqual([{ mailed: true }])

  for (const socket of sockets) socket.destroy()
  mute.close()
})

test('a mail is not sent again if its worker is killed during the mail server’s answer', async () => {
  let taken = 0
  const thinking = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    // It has the whole mail, and never answers.
    onData: (stream) => void stream.resume().on('end', () => taken++),
  })
  thinking.on('error', () => {})
  thinking.listen(0, '127.0.0.1')
  await once(thinking.server, 'listening')
  await using box = await mailbox()
  await using t = await database()
  const env = { DATABASE_URL: t.url, DATA_DIR: t.app.config.dataDir, ORIGIN: t.app.config.origin, LOG_LEVEL: 'info' }
  await remoteStatus(t, await remoteAccount(t, 'carol'), { mentionedIds: [await localAccount(t, 'alice')] })

  await using killed = await start(
    { ...env, SMTP_URL: `smtp://127.0.0.1:${(thinking.server.address() as AddressInfo).port}` },
    ['jobs/main.ts'],
  )
  await eventually(async () => taken > 0)
  killed.child.kill('SIGKILL')
  await killed.ended

  await using worker = await start({ ...env, SMTP_URL: box.url }, ['jobs/main.ts'])
  await worker.printed('runs')
  await eventually(async () => (await t.jobs()).length === 0)
  expect([taken, box.mails.length]).toEqual([1, 0])
  await new Promise<void>((closed) => thinking.close(closed))
})
