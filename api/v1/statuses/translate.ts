import { Hono } from 'hono'
import type { StatusId } from '#src/platform/ids.ts'
import { translateStatus, translationLanguages } from '#src/reading/translate.ts'
import { toTranslation } from '../../entities/translation.ts'
import type { Env } from '../../env.ts'
import { open, requires } from '../../http/access.ts'
import { id, params, text } from '../../http/params.ts'

export const translation = new Hono<Env>()

translation.post(
  '/statuses/:id/translate',
  requires('read:statuses'),
  params({ id: id<StatusId>(), lang: text().optional() }),
  async (c) => {
    const { app, accountId, params } = c.var
    return c.json(toTranslation(await translateStatus(app, accountId, params.id, params.lang)))
  },
)

translation.get('/instance/translation_languages', open, async (c) => c.json(await translationLanguages(c.var.app)))
