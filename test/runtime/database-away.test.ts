import { once } from 'node:events'
import { connect, createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { leaseDatabase } from '../databases.ts'
import { eventually } from '../patience.ts'
import { dataFolder, freePort, start } from './process.ts'

/** An error message of PostgreSQL's protocol: the last one that it says while it starts. */
function startingUp(): Buffer {
  const fields = Buffer.from('SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0')
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeUInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}

async function listen(port: number, server: Server): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}

for (const [name, args, ready] of [
  ['web process', ['web/main.ts'], 'Pipit runs at'],
  ['worker', ['jobs/main.ts'], 'The worker of'],
] as const) {
  test(`a ${name} that starts before its database waits for it, and logs this`, async () => {
    await using data = await dataFolder()
    const { url, drop } = await leaseDatabase()
    const port = await freePort()
    await using waiting = await start(
      {
        DATABASE_URL: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
        DATA_DIR: data.path,
      },
      [...args],
    )
    await eventually(async () => waiting.stderr().split('Waiting for the database').length > 2)
    expect(waiting.stderr()).toContain('ECONNREFUSED')

    const starting = createServer((socket) => socket.once('data', () => socket.end(startingUp())))
    await listen(port, starting)
    await eventually(async () => waiting.stderr().includes('the database system is starting up'))
    starting.close()
    await once(starting, 'close')

    const { port: real } = new URL(url)
    const there = createServer((socket) =>
      socket
        .pipe(connect(Number(real), '127.0.0.1'))
        .on('error', () => socket.destroy())
        .pipe(socket)
        .on('error', () => {}),
    )
    await listen(port, there)
    await waiting.printed(ready)
    waiting.child.kill('SIGTERM')
    expect(await waiting.ended).toBe(0)
    there.close()
    await drop()
  })
}

test('a process that waits for its database stops on a signal', async () => {
  await using data = await dataFolder()
  await using waiting = await start(
    { DATABASE_URL: `postgres://nobody@127.0.0.1:${await freePort()}/none`, DATA_DIR: data.path },
    ['web/main.ts'],
  )
  await eventually(async () => waiting.stderr().includes('Waiting for the database'))
  waiting.child.kill('SIGTERM')
  expect(await waiting.ended).toBe(0)
})
