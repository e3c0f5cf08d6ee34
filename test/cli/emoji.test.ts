import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { database } from '#test/database.ts'
import { png } from '#test/media.ts'
import { serve } from '../api/server.ts'
import { pipitWith } from './pipit.ts'

// Each command is a process, which takes a second to start on a busy machine.
test('added emojis are listed for apps by category, until they are removed', async () => {
  await using t = await database()
  await using server = await serve(t.app)
  const pipit = pipitWith({ DATABASE_URL: t.url, DATA_DIR: t.app.config.dataDir, ORIGIN: t.app.config.origin })
  const picture = join(t.app.config.dataDir, 'cat.png')
  await writeFile(picture, await png(300, 200))
  expect(await pipit('emoji', 'add', 'cat', picture, '--category', 'Animals')).toEqual({
    code: 0,
    stdout: 'Added :cat:\n',
    stderr: '',
  })
  expect(await server.get('/api/v1/custom_emojis', '[CustomEmoji]')).toMatchObject([
    {
      shortcode: 'cat',
      category: 'Animals',
      visible_in_picker: true,
      featured: false,
      url: expect.stringMatching(/\.webp$/),
      static_url: expect.stringMatching(/\.png$/),
    },
  ])
  expect(JSON.parse((await pipit('emoji', 'list', '--json')).stdout)).toMatchObject([
    { shortcode: 'cat', isListed: true },
  ])

  expect(await pipit('emoji', 'add', 'dog', join(t.app.config.dataDir, 'dog.png'))).toMatchObject({
    code: 3,
    stdout: '',
  })
  expect((await pipit('emoji', 'remove', ':cat:')).code).toBe(0)
  expect((await pipit('emoji', 'remove', 'cat')).code).toBe(3)
  expect(await server.get('/api/v1/custom_emojis', '[CustomEmoji]')).toEqual([])
})
