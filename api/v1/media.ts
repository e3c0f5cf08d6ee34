import { Hono, type Context } from 'hono'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { awaitAttachment, changeAttachment, deleteAttachment, findAttachment } from '#src/media/attachments.ts'
import { storeUpload } from '#src/media/upload.ts'
import type { MediaId } from '#src/platform/ids.ts'
import { limits } from '#src/rules/limits.ts'
import { type AttachmentView, toMediaAttachment } from '../entities/media.ts'
import type { Env } from '../env.ts'
import { requires } from '../http/access.ts'
import { deprecated } from '../http/deprecated.ts'
import { ApiError } from '../http/errors.ts'
import { focus } from '../http/focus.ts'
import { limited } from '../http/limits.ts'
import { withoutUndefined, id, params, text } from '../http/params.ts'
import { type UploadedFiles, uploads } from '../http/upload.ts'

const one = { id: id<MediaId>() }

const details = { description: text().optional(), focus: focus().optional() }
const sizes = { file: limits.media.maxVideoBytes, thumbnail: limits.media.maxImageBytes }

export const mediaV1 = new Hono<Env>()
export const mediaV2 = new Hono<Env>()

mediaV2.post('/media', requires('write:media'), limited('uploads'), uploads(details, sizes), async (c) => {
  const { app, accountId, params, files } = c.var
  const id = await storeUpload(app, accountId, toUpload(params, files))
  return answer(c, await findAttachment(app.db, accountId, id), 202)
})

mediaV1.post(
  '/media',
  requires('write:media'),
  limited('uploads'),
  deprecated('2019-10-03'),
  uploads(details, sizes),
  async (c) => {
    const { app, accountId, params, files } = c.var
    const id = await storeUpload(app, accountId, toUpload(params, files))
    return answer(c, await awaitAttachment(app.db, accountId, id), 202)
  },
)

mediaV1.get('/media/:id', requires('write:media'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  return answer(c, await findAttachment(app.db, accountId, params.id), 206)
})

mediaV1.on(
  ['PUT', 'PATCH'],
  '/media/:id',
  requires('write:media'),
  uploads({ ...one, ...details }, { thumbnail: sizes.thumbnail }),
  async (c) => {
    const { app, accountId, params, files } = c.var
    if (files['thumbnail']) await countAction(app, 'uploads', accountId)
    const change = withoutUndefined({
      description: params.description,
      focus: params.focus,
      thumbnailPath: files['thumbnail']?.path,
    })
    await changeAttachment(app, accountId, params.id, change)
    return answer(c, await findAttachment(app.db, accountId, params.id), 206)
  },
)

mediaV1.delete('/media/:id', requires('write:media'), params(one), async (c) => {
  const { app, accountId, params } = c.var
  await app.db.transaction((tx) => deleteAttachment(tx, accountId, params.id))
  return c.json({})
})

function toUpload(
  params: { description?: string | undefined; focus?: { x: number; y: number } | undefined },
  files: UploadedFiles,
) {
  const file = files['file']
  if (!file) throw new ApiError(422, 'Validation failed: File can’t be blank')
  return {
    path: file.path,
    ...withoutUndefined({
      description: params.description,
      focus: params.focus,
      thumbnailPath: files['thumbnail']?.path,
    }),
  }
}

type Answering = Pick<Context, 'json'> & { var: Pick<Env['Variables'], 'app'> }

/** @param whileProcessing the status that tells an app to ask again */
function answer(c: Answering, view: AttachmentView, whileProcessing: 202 | 206): Response {
  if (view.state === 'failed') throw new ApiError(422, 'The file could not be processed')
  return c.json(toMediaAttachment(view, c.var.app.uris), view.state === 'processing' ? whileProcessing : 200)
}
