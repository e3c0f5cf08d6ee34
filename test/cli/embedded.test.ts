import { expect, test } from 'vitest'
import { dataFolder, start } from '../runtime/process.ts'
import { pipitWith } from './pipit.ts'

test('without DATABASE_URL, a command starts the embedded database for a moment, or uses the server’s', async () => {
  await using folder = await dataFolder()
  const pipit = pipitWith({ DATA_DIR: folder.path })
  expect(await pipit('db', 'migrate')).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^Applied \d+ migrations?\n$/),
    stderr: '',
  })
  expect(await folder.postgres()).toBeNull()

  await using server = await start({ DATA_DIR: folder.path })
  await server.printed('Make the owner')
  expect(
    await pipit(
      'accounts',
      'create',
      'alice',
      '--email',
      'alice@mail.test',
      '--role',
      'owner',
      '--password',
      'a long password',
    ),
  ).toMatchObject({ code: 0 })
  expect((await pipit('accounts', 'show', 'alice')).stdout).toContain(`url: http://localhost:${server.port}/@alice`)
  server.child.kill('SIGTERM')
  expect(await server.ended).toBe(0)
  expect((await pipit('accounts', 'list', '--role', 'owner')).stdout).toContain('alice@mail.test')
  expect(await pipit('db', 'check')).toEqual({ code: 0, stdout: 'The database is in order\n', stderr: '' })
  expect(await folder.postgres()).toBeNull()
})
