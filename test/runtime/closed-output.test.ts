import { once } from 'node:events'
import { expect, test } from 'vitest'
import { dataFolder, start } from './process.ts'

test('an instance keeps running when its log output is closed, and still stops on a signal', async () => {
  await using folder = await dataFolder()
  await using pipit = await start({ DATA_DIR: folder.path })
  await pipit.printed('Pipit runs at')

  const { stdout, stderr } = pipit.child
  stdout?.destroy()
  stderr?.destroy()
  await Promise.all([stdout, stderr].map((stream) => stream && !stream.closed && once(stream, 'close')))
  // Each request is a line of the log.
  for (let i = 0; i < 3; i++) expect((await pipit.get('/health')).status).toBe(200)

  pipit.child.kill('SIGTERM')
  expect(await pipit.ended).toBe(0)
})
