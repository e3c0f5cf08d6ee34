import { Hono } from 'hono'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { findAttachment } from '#src/media/attachments.ts'
import { storeUpload } from '#src/media/upload.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { isId, type MediaId } from '#src/platform/ids.ts'
import type { Env } from '../../env.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { statusOf } from '../../problem.ts'

/** Single uploads, for the script that shows their progress. It puts the ids into the form. */
export const composerFiles = new Hono<Env>()
  .post('/compose/files', requireViewer, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const [upload] = form.uploads
    try {
      if (!upload) throw new Refusal('unprocessable', 'File can’t be blank')
      await countAction(app, 'uploads', accountId)
      return c.json({ id: await storeUpload(app, accountId, { path: upload.path }) })
    } catch (error) {
      if (error instanceof Refusal) return c.json({ error: error.message }, statusOf(error))
      throw error
    }
  })
  .get('/compose/files/:id', requireViewer, async (c) => {
    const id = c.req.param('id')
    if (!isId(id)) throw notFound()
    const { state } = await findAttachment(c.var.app.db, viewerOf(c).accountId, id as MediaId)
    return c.json({ state })
  })
