import { Hono } from 'hono'
import { notFound, Refusal } from '#src/errors.ts'
import { isId, type MediaId, type StatusId } from '#src/ids.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { visibleStatus } from '#src/statuses/find.ts'
import { prepareStatus } from '#src/statuses/prepare.ts'
import { publishStatus } from '#src/statuses/publish.ts'
import { loadStatusView } from '#src/statuses/views.ts'
import type { Env } from '../../env.ts'
import { toDeletedStatus } from '../../entities/status.ts'
import { requires } from '../../http/access.ts'
import { ApiError } from '../../http/errors.ts'
import { limited } from '../../http/limits.ts'
import { anything, choice, flag, given, id, idIfAny, list, params, text } from '../../http/params.ts'
import { presentStatus } from '../../present.ts'

const visibilities = ['public', 'unlisted', 'private', 'direct'] as const

const written = {
  status: text().optional(),
  spoiler_text: text().optional(),
  visibility: choice(visibilities).optional(),
  sensitive: flag().optional(),
  language: text().optional(),
  /** As GoToSocial, Akkoma and their apps have it; Mastodon knows plain text only. */
  content_type: choice(['text/plain', 'text/markdown']).optional(),
  in_reply_to_id: idIfAny<StatusId>().optional(),
  media_ids: list(text(), 50),
  poll: anything(),
  scheduled_at: text().optional(),
  quoted_status_id: text().optional(),
}

export const writeStatuses = new Hono<Env>()

writeStatuses.post('/statuses', requires('write:statuses'), limited('statuses'), params(written), async (c) => {
  const { app, accountId, access, params } = c.var
  refuseUnbuilt(params)
  if (!params.media_ids.every((mediaId) => isId(mediaId))) throw new Refusal('unprocessable', 'Validation failed: a file to attach does not exist')
  const draft = await prepareStatus(app, accountId, {
    text: params.status ?? '',
    mediaIds: params.media_ids as MediaId[],
    ...given({
      spoilerText: params.spoiler_text,
      visibility: params.visibility,
      isSensitive: params.sensitive,
      language: languageOf(params.language),
      format: params.content_type === 'text/markdown' ? ('markdown' as const) : undefined,
      inReplyToId: params.in_reply_to_id,
      applicationId: access?.applicationId,
      idempotencyKey: c.req.header('Idempotency-Key') || undefined,
    }),
  })
  const id = await app.db.transaction((tx) => publishStatus(tx, app.uris, accountId, draft))
  return c.json(await presentStatus(app, accountId, id))
})

writeStatuses.delete('/statuses/:id', requires('write:statuses'), limited('deletions'), params({ id: id<StatusId>() }), async (c) => {
  const { app, accountId, params: { id } } = c.var
  // Read before, for an answer from which the author can write it anew.
  const view = await loadStatusView(app.db, accountId, (await visibleStatus(app.db, accountId, id)).id)
  if (view?.accountId !== accountId) throw notFound()
  await app.db.transaction((tx) => deleteStatus(tx, accountId, id))
  return c.json(toDeletedStatus(view, app.uris, accountId))
})

/** What this server can't do yet is refused, rather than left out of a post without a word. */
function refuseUnbuilt({ poll, scheduled_at, quoted_status_id }: { poll?: unknown; scheduled_at?: string | undefined; quoted_status_id?: string | undefined }): void {
  if (poll !== undefined && poll !== '') throw new ApiError(422, 'Validation failed: Polls are not available on this server')
  if (scheduled_at) throw new ApiError(422, 'Validation failed: Scheduled posts are not available on this server')
  if (quoted_status_id) throw new ApiError(422, 'Validation failed: Quotes are not available on this server')
}

/** A tag as in BCP 47. Apps send what their system says, so what can't be read counts as not given. */
const languageOf = (tag: string | undefined): string | undefined => (tag && /^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,4}$/.test(tag) ? tag.replaceAll('_', '-') : undefined)
