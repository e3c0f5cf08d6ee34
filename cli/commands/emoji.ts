import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { addEmoji, listEmojis, removeEmoji } from '#src/media/emojis/manage.ts'
import type { EmojiView } from '#src/media/emojis/views.ts'
import type { App } from '#src/platform/app.ts'
import { Refusal } from '#src/platform/errors.ts'
import { withApp } from '../session.ts'

type Global = { json?: boolean }

/** `emoji add` */
export function add(
  shortcode: string,
  path: string,
  options: Global & { category?: string; hidden?: boolean },
): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const image = await readFile(resolve(path)).catch((error: NodeJS.ErrnoException) => {
      throw new Refusal(
        error.code === 'ENOENT' ? 'not_found' : 'unprocessable',
        `${path} can’t be read (${error.code})`,
      )
    })
    const emoji = await addEmoji(app, {
      shortcode: bare(shortcode),
      image,
      isListed: !options.hidden,
      ...(options.category === undefined ? {} : { category: options.category }),
    })
    return { data: shown(app, emoji), lines: [`Added :${emoji.shortcode}:`] }
  })
}

/** `emoji list` */
export function list(options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    const emojis = (await listEmojis(app.db)).map((emoji) => shown(app, emoji))
    return {
      data: emojis,
      lines: emojis.map(({ shortcode, category, isListed }) =>
        [`:${shortcode}:`, category ?? '', isListed ? '' : 'hidden'].join('\t').trimEnd(),
      ),
    }
  })
}

/** `emoji remove` */
export function remove(shortcode: string, options: Global): Promise<void> {
  return withApp(options.json ?? false, async (app) => {
    await app.db.transaction((tx) => removeEmoji(tx, bare(shortcode)))
    return { data: { shortcode: bare(shortcode) }, lines: [`Removed :${bare(shortcode)}:`] }
  })
}

const bare = (shortcode: string): string => shortcode.replace(/^:|:$/g, '')

const shown = (app: App, { shortcode, category, isListed, file }: EmojiView) => ({
  shortcode,
  category,
  isListed,
  url: file && app.uris.file(file),
})
