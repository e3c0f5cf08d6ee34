import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually } from '../patience.ts'
import { dataFolder, freePort, root } from './process.ts'

test('Ctrl-C ends npm start cleanly, although npm and the server both get the signal', async () => {
  await using folder = await dataFolder()
  const port = await freePort()
  const npm = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: {
      ...process.env,
      DATA_DIR: folder.path,
      PORT: String(port),
      ORIGIN: '',
      DATABASE_URL: '',
      LOG_LEVEL: 'warning',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
    // A process group of its own, as a terminal gives to each command.
    detached: true,
  })
  await eventually(async () => (await fetch(`http://localhost:${port}/health`).catch(() => null))?.status === 200)

  interrupt(npm)
  await once(npm, 'exit')
  await eventually(async () => (await folder.postgres()) === null)
  expect(await readFile(join(folder.path, 'postgres.log'), 'utf8')).toContain('database system is shut down')
})

function interrupt({ pid }: ChildProcess): void {
  if (pid) process.kill(-pid, 'SIGINT')
}
