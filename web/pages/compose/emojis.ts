import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import { listEmojis } from '#src/media/emojis/manage.ts'
import type { Env } from '../../env.ts'
import { requireViewer } from '../../guards.tsx'

/** An emoji of the picker: the text that it stands for, its name, further words to find it by, and its picture. */
type Entry = [text: string, name: string, words: string, picture?: string]
type Group = { name: string; emojis: Entry[] }

/**
 * The emojis of Unicode, read when the picker is first opened. The files are parsed rather than imported: of their 2 MB
 * only the data of the picker stays in memory.
 */
async function loadUnicode(): Promise<Group[]> {
  const [keywords, groups] = await Promise.all([
    readJson<Record<string, string[]>>('emojilib'),
    readJson<{ name: string; emojis: { emoji: string; name: string; slug: string }[] }[]>(
      'unicode-emoji-json/data-by-group.json',
    ),
  ])
  return groups.map(({ name, emojis }) => ({
    name,
    emojis: emojis.map(({ emoji, name, slug }) => [
      emoji,
      name,
      (keywords[emoji] ?? []).filter((word) => word !== slug).join(' '),
    ]),
  }))
}
let unicodeEmojis: Promise<Group[]> | undefined

async function readJson<T>(module: string): Promise<T> {
  return JSON.parse(await readFile(new URL(import.meta.resolve(module)), 'utf8')) as T
}

/** All emojis for the picker, those of this server first: some 40 kB compressed, so browsers keep them. */
export const emojiList = new Hono<Env>().get('/compose/emojis.json', requireViewer, async (c) => {
  const { app, messages } = c.var
  const [unicode, known] = await Promise.all([(unicodeEmojis ??= loadUnicode()), listEmojis(app.db)])
  const custom = known.flatMap(({ shortcode, file, isListed }): Entry[] =>
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
