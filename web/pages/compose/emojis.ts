import { createHash } from 'node:crypto'
import emojilib from 'emojilib' with { type: 'json' }
import { Hono } from 'hono'
import groups from 'unicode-emoji-json/data-by-group.json' with { type: 'json' }
import { listEmojis } from '#src/media/emojis/manage.ts'
import type { Env } from '../../env.ts'
import { requireViewer } from '../../guards.tsx'

/** An emoji of the picker: the text that it stands for, its name, further words to find it by, and its picture. */
type Entry = [text: string, name: string, words: string, picture?: string]
type Group = { name: string; emojis: Entry[] }

// Its types take a JSON module for one with a default export of its own.
const keywords = emojilib as unknown as Record<string, string[]>

const unicode: Group[] = groups.map(({ name, emojis }) => ({
  name,
  emojis: emojis.map(({ emoji, name, slug }) => [
    emoji,
    name,
    (keywords[emoji] ?? []).filter((word) => word !== slug).join(' '),
  ]),
}))

/** All emojis for the picker, those of this server first: some 40 kB compressed, so browsers keep them. */
export const emojiList = new Hono<Env>().get('/compose/emojis.json', requireViewer, async (c) => {
  const { app, messages } = c.var
  const custom = (await listEmojis(app.db)).flatMap(({ shortcode, file, isListed }): Entry[] =>
    file && isListed ? [[`:${shortcode}:`, shortcode, '', `/media/${file}`]] : [],
  )
  const all: Group[] =
    custom.length > 0 ? [{ name: messages.t('composer.emojiCustom'), emojis: custom }, ...unicode] : unicode
  const body = JSON.stringify(all)
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
  c.header('ETag', etag)
  c.header('Cache-Control', 'private, max-age=300')
  if ((c.req.header('If-None-Match') ?? '').includes(etag)) return c.body(null, 304)
  return c.body(body, 200, { 'Content-Type': 'application/json; charset=utf-8' })
})
