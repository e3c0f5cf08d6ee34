import { Hono } from 'hono'
import { listEmojis } from '#src/media/emojis/manage.ts'
import { toEmojis } from '../entities/emoji.ts'
import type { Env } from '../env.ts'
import { open } from '../http/access.ts'

export const customEmojis = new Hono<Env>()

customEmojis.get('/custom_emojis', open, async (c) => c.json(toEmojis(await listEmojis(c.var.app.db), c.var.app.uris)))
