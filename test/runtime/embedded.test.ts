import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leaseDatabase } from '../databases.ts'
import { eventually } from '../patience.ts'
import { dataFolder, runs, start } from './process.ts'

test('one command starts an instance in an empty folder, and a signal ends it without leaving processes', async () => {
  await using data = await dataFolder()
  await using server = await start({ DATA_DIR: join(data.path, 'new') })
  await server.printed('/setup?token=')

  expect(server.stdout()).toContain(`Pipit runs at http://localhost:${server.port}\n`)
  expect(server.stdout()).toContain(`Mails are written to ${join(data.path, 'new/mail')}, as SMTP_URL is not set\n`)
  expect(await (await server.get('/health')).text()).toBe('OK')
  expect(await (await server.get('/readyz')).json()).toEqual({ status: 'OK', reasons: [] })
  expect(await (await fetch(`http://127.0.0.1:${server.port}/livez`)).text()).toBe('OK')
  expect((await stat(join(data.path, 'new'))).mode & 0o777).toBe(0o700)
  expect((await stat(join(data.path, 'new/postgres-password'))).mode & 0o777).toBe(0o600)

  const postgres = Number((await readFile(join(data.path, 'new/postgres/postmaster.pid'), 'utf8')).split('\n')[0])
  expect(await runs(postgres)).toBe(true)
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
  expect(await runs(postgres)).toBe(false)
})

test('a start that can’t succeed prints one line with the reason', async () => {
  await using data = await dataFolder()
  await using server = await start({ DATA_DIR: data.path })
  await server.printed('Pipit runs at')
  const { url, drop } = await leaseDatabase()

  await using again = await start({ DATA_DIR: data.path })
  await using taken = await start({ DATABASE_URL: url, PORT: String(server.port) })
  await using wrong = await start({ DATA_DIR: data.path, WORKER_CONCURRENCY: 'many' })
  await using missing = await start({ DATABASE_URL: Object.assign(new URL(url), { pathname: '/missing' }).href })
  await using refused = await start({ DATABASE_URL: Object.assign(new URL(url), { password: 'wrong' }).href })
  const starts = [again, taken, wrong, missing, refused]

  expect(await Promise.all(starts.map((each) => each.ended))).toEqual([1, 1, 1, 1, 1])
  expect(again.stderr()).toBe(
    `Pipit can't start. Pipit already runs on the data folder ${data.path} (pipit, process ${server.pid}); stop it first, or set another DATA_DIR\n`,
  )
  expect(taken.stderr()).toBe(
    `Pipit can't start. Port ${server.port} of localhost is taken by another program; stop that, or set PORT\n`,
  )
  expect(wrong.stderr()).toBe("Pipit can't start. WORKER_CONCURRENCY: must be a whole number from 1 to 200\n")
  expect(missing.stderr()).toBe(
    'Pipit can\'t start. The database of DATABASE_URL can\'t be used: database "missing" does not exist\n',
  )
  expect(refused.stderr()).toMatch(
    /^Pipit can't start\. The database of DATABASE_URL can't be used: password authentication failed[^\n]*\n$/,
  )
  for (const each of starts) expect(each.stdout()).toBe('')
  expect((await server.get('/readyz')).status).toBe(200)
  await drop()
})

test('after every kind of crash, the next start recovers by itself', async () => {
  await using data = await dataFolder()
  const pidFile = join(data.path, 'postgres/postmaster.pid')
  {
    await using server = await start({ DATA_DIR: data.path })
    await server.printed('Pipit runs at')
    server.child.kill('SIGKILL')
    await server.ended
  }
  const survivor = await data.postgres()
  expect(survivor).not.toBeNull()
  {
    await using server = await start({ DATA_DIR: data.path })
    await server.printed('Pipit runs at')
    expect(await data.postgres()).toBe(survivor)
    expect((await server.get('/readyz')).status).toBe(200)

    // Only the database dies: the server lives on, says so, and starts it again.
    process.kill(survivor!, 'SIGKILL')
    await eventually(async () => (await server.get('/api/v1/timelines/public')).status === 503)
    await eventually(async () => (await server.get('/api/v1/timelines/public')).status === 200)
    await eventually(async () => (await server.get('/readyz')).status === 200)
    expect((await server.get('/health')).status).toBe(200)

    process.kill((await data.postgres())!, 'SIGKILL')
    server.child.kill('SIGKILL')
    await server.ended
  }
  // As after a restart of the machine: the number in the lock file is that of another process by now.
  await writeFile(pidFile, (await readFile(pidFile, 'utf8')).replace(/^\d+/, String(process.pid)))
  {
    await using server = await start({ DATA_DIR: data.path })
    await server.printed('Pipit runs at')
    expect((await server.get('/readyz')).status).toBe(200)
    server.child.kill('SIGINT')
    expect(await server.ended).toBe(0)
  }
  expect(await data.postgres()).toBeNull()
})

test('server and worker share the embedded database, and the last one to end stops it', async () => {
  await using data = await dataFolder()
  await using worker = await start({ DATA_DIR: data.path }, ['jobs/main.ts'])
  await using server = await start({ DATA_DIR: data.path }, ['web/main.ts'])
  await Promise.all([worker.printed('The worker of'), server.printed('Pipit runs at')])

  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
  expect(await data.postgres()).not.toBeNull()
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(0)
  expect(await data.postgres()).toBeNull()
})
