import { Hono } from 'hono'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId, type MediaId, type StatusId } from '#src/platform/ids.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus, type FileChange } from '#src/statuses/edit.ts'
import { visibleStatus } from '#src/statuses/find.ts'
import type { PollInput } from '#src/statuses/polls/poll.ts'
import { prepareStatus, type StatusInput, unexpectedMentions } from '#src/statuses/prepare.ts'
import { publishStatus } from '#src/statuses/publish.ts'
import type { QuotePolicy } from '#src/statuses/quotes/policy.ts'
import { loadScheduled, scheduleStatus } from '#src/statuses/scheduled.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { knownLanguage } from '#src/text/language-tag.ts'
import { toScheduledStatus } from '../../entities/scheduled-status.ts'
import { toDeletedStatus } from '../../entities/status.ts'
import type { Env } from '../../env.ts'
import { requires } from '../../http/access.ts'
import { focus } from '../../http/focus.ts'
import { limited } from '../../http/limits.ts'
import { seconds } from '../../http/numbers.ts'
import {
  choice,
  file,
  flag,
  withoutUndefined,
  hashes,
  hashIfGiven,
  id,
  idIfAny,
  list,
  listIfGiven,
  moment,
  type Params,
  params,
  text,
} from '../../http/params.ts'
import { presentAccounts, presentStatus } from '../../present.ts'

const visibilities = ['public', 'unlisted', 'private', 'direct'] as const
const quotePolicies = ['public', 'followers', 'nobody'] as const satisfies QuotePolicy[]

const poll = {
  options: list(text(), 50),
  expires_in: seconds().optional(),
  multiple: flag().optional(),
  hide_totals: flag().optional(),
}

/** Parameters that new statuses and edits share. */
const words = {
  status: text().optional(),
  spoiler_text: text().optional(),
  sensitive: flag().optional(),
  language: text().optional(),
  quote_approval_policy: choice(quotePolicies).optional(),
  /** An extension by GoToSocial, Akkoma and their apps; Mastodon has plain text only. */
  content_type: choice(['text/plain', 'text/markdown']).optional(),
  media_ids: list(text(), 50),
  poll: hashIfGiven(poll),
}

const written = {
  ...words,
  visibility: choice(visibilities).optional(),
  in_reply_to_id: idIfAny<StatusId>().optional(),
  scheduled_at: moment().optional(),
  quoted_status_id: idIfAny<StatusId>().optional(),
  allowed_mentions: listIfGiven(text(), 1_000),
  /** An extension by Hometown, glitch-soc and GoToSocial. */
  local_only: flag().optional(),
}

const edited = {
  ...words,
  id: id<StatusId>(),
  media_attributes: hashes(
    { id: text(), description: text().optional(), focus: focus().optional(), thumbnail: file() },
    50,
  ),
}

export const writeStatuses = new Hono<Env>()

writeStatuses.post('/statuses', requires('write:statuses'), limited('statuses'), params(written), async (c) => {
  const { app, accountId, access, params } = c.var
  const input: StatusInput = {
    ...wordsOf(params),
    ...withoutUndefined({
      visibility: params.visibility,
      isSensitive: params.sensitive,
      inReplyToId: params.in_reply_to_id,
      quotedStatusId: params.quoted_status_id,
      quotePolicy: params.quote_approval_policy,
      isLocalOnly: params.local_only,
      applicationId: access?.applicationId,
      idempotencyKey: c.req.header('Idempotency-Key') || undefined,
    }),
  }
  const draft = await prepareStatus(app, accountId, input)
  const unexpected = params.allowed_mentions
    ? unexpectedMentions(draft, accountId, params.allowed_mentions as AccountId[])
    : []
  if (unexpected.length > 0)
    return c.json(
      {
        error: 'Post would be sent to unexpected accounts',
        unexpected_accounts: await presentAccounts(app, unexpected),
      },
      422,
    )

  const { scheduled_at: at } = params
  if (at) {
    const made = await app.db.transaction((tx) => scheduleStatus(tx, accountId, at, { input, draft }))
    if ('scheduledId' in made)
      return c.json(toScheduledStatus(await loadScheduled(app.db, accountId, made.scheduledId), app.uris))
    return c.json(await presentStatus(app, accountId, made.statusId))
  }
  const id = await app.db.transaction((tx) => publishStatus(tx, app.uris, accountId, draft))
  return c.json(await presentStatus(app, accountId, id))
})

writeStatuses.on(
  ['PUT', 'PATCH'],
  '/statuses/:id',
  requires('write:statuses'),
  limited('statuses'),
  params(edited, { files: true }),
  async (c) => {
    const { app, accountId, params } = c.var
    const fileChanges = await Promise.all(params.media_attributes.map(toFileChange))
    await editStatus(app, accountId, params.id, {
      ...wordsOf(params),
      ...withoutUndefined({ isSensitive: params.sensitive, quotePolicy: params.quote_approval_policy }),
      fileChanges,
    })
    return c.json(await presentStatus(app, accountId, params.id))
  },
)

writeStatuses.delete(
  '/statuses/:id',
  requires('write:statuses'),
  limited('deletions'),
  params({ id: id<StatusId>(), delete_media: flag().optional() }),
  async (c) => {
    const {
      app,
      accountId,
      params: { id, delete_media: deletesFiles },
    } = c.var
    // Loaded before the deletion, so that the author can redraft it from the answer.
    const view = await loadStatusView(app.db, accountId, (await visibleStatus(app.db, accountId, id)).id)
    if (view?.accountId !== accountId) throw notFound()
    await app.db.transaction((tx) => deleteStatus(tx, accountId, id, { keepsFiles: !deletesFiles }))
    return c.json(toDeletedStatus(view, app.uris, accountId))
  },
)

async function toFileChange({
  id,
  description,
  focus,
  thumbnail,
}: Params<typeof edited>['media_attributes'][number]): Promise<FileChange> {
  return {
    id: id as MediaId,
    ...withoutUndefined({ description, focus, thumbnail: thumbnail && Buffer.from(await thumbnail.arrayBuffer()) }),
  }
}

function wordsOf(params: Params<typeof words>) {
  const missing = params.media_ids.filter((mediaId) => !isId(mediaId))
  if (missing.length > 0)
    throw new Refusal('unprocessable', `Media ${missing.join(', ')} not found or already attached to another post`)
  return {
    text: params.status ?? '',
    mediaIds: params.media_ids as MediaId[],
    ...withoutUndefined({
      spoilerText: params.spoiler_text,
      language: languageOf(params.language),
      format:
        params.content_type && (params.content_type === 'text/markdown' ? ('markdown' as const) : ('plain' as const)),
      poll: params.poll && pollOf(params.poll),
    }),
  }
}

function pollOf({
  options,
  expires_in: expiresInSeconds,
  multiple: isMultiple,
  hide_totals: hidesTotals,
}: Params<typeof poll>): PollInput {
  return { options, expiresInSeconds, ...withoutUndefined({ isMultiple, hidesTotals }) }
}

/** A BCP 47 tag. Apps send their system's setting, so an unknown language counts as not given. */
const languageOf = (tag: string | undefined): string | undefined => knownLanguage(tag ?? '') ?? undefined
