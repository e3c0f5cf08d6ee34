import { Hono } from 'hono'
import { loadOwnProfile } from '#src/accounts/profile/profile.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { parseHandle } from '#src/platform/handle.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import { prepareStatus } from '#src/statuses/prepare.ts'
import { publishStatus } from '#src/statuses/publish.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { Composer, type ComposerDraft } from '../components/composer.tsx'
import { isLanguage } from '../components/languages.ts'
import { Head } from '../components/layout.tsx'
import { Status } from '../components/status.tsx'
import { isVisibility } from '../components/visibility.ts'
import type { C, Env, Form } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { newDraft, replyDraft } from './draft.ts'
import { findShared } from './interact.tsx'

/** Characters of each shared parameter. A longer text could not be posted. */
const maxShared = 10_000

/** Writing a post, reply or quote. `/share` is the target of other sites' share buttons. */
export const compose = new Hono<Env>()
  .get('/compose', requireViewer, async (c) => {
    const { app } = c.var
    const { accountId } = viewerOf(c)
    const [own, [self], parent, quoted] = await Promise.all([
      loadOwnProfile(app.db, accountId),
      loadAccountViews(app.db, [accountId]),
      loadShown(c, c.req.query('reply_to') ?? ''),
      loadShown(c, c.req.query('quote') ?? ''),
    ])
    const to = parseHandle(c.req.query('to') ?? '') ? `@${c.req.query('to')} ` : ''
    if (quoted) return composePage(c, { ...newDraft(own), quoted: quoted.id }, quoted)
    return composePage(c, parent && self ? replyDraft(parent, self, own) : { ...newDraft(own), text: to }, parent)
  })
  .get('/share', requireViewer, async (c) => {
    const { app } = c.var
    const { accountId } = viewerOf(c)
    const [own, [self], answered] = await Promise.all([
      loadOwnProfile(app.db, accountId),
      loadAccountViews(app.db, [accountId]),
      c.req.query('reply_to') ? findShared(c, c.req.query('reply_to') ?? '') : null,
    ])
    const parent = answered?.type === 'status' ? await loadShown(c, answered.id) : null
    const draft = parent && self ? replyDraft(parent, self, own) : newDraft(own)
    const parts = [c.req.query('title'), c.req.query('text'), c.req.query('url')]
      .map((part) => (part ?? '').replaceAll('\0', '').trim().slice(0, maxShared))
      .filter(Boolean)
    return composePage(c, { ...draft, text: draft.text + [...new Set(parts)].join('\n\n') }, parent)
  })
  .post('/compose', requireViewer, async (c) => {
    const { app, form } = c.var
    const { accountId } = viewerOf(c)
    const draft = draftOf(form, newDraft(await loadOwnProfile(app.db, accountId)))
    let id: StatusId | undefined
    const refusal = await refusalOf(async () => {
      await countAction(app, 'statuses', accountId)
      const visibility = form.text('visibility')
      // An unknown visibility is refused, as a default might show the post to too many people.
      if (visibility !== '' && !isVisibility(visibility)) throw new Refusal('unprocessable', 'Choose who can see it')
      const prepared = await prepareStatus(app, accountId, {
        text: draft.text,
        format: draft.format,
        spoilerText: draft.spoilerText,
        visibility: draft.visibility,
        language: draft.language || null,
        ...(isId(draft.quoted) ? { quotedStatusId: draft.quoted as StatusId } : {}),
        ...(isId(draft.replyTo) ? { inReplyToId: draft.replyTo as StatusId } : {}),
        ...(draft.key ? { idempotencyKey: `web ${draft.key}` } : {}),
      })
      id = await app.db.transaction((tx) => publishStatus(tx, app.uris, accountId, prepared))
    })
    if (refusal) return composePage(c, draft, await loadShown(c, draft.quoted || draft.replyTo), refusal)
    // Shows the new post: a reply in its thread, any other post on the home timeline.
    return c.redirect(draft.replyTo && id ? `/@${viewerOf(c).username}/${id}` : '/', 303)
  })

/** The draft of a form; without a visibility, with the author's default. */
function draftOf(form: Form, { visibility: preferred }: ComposerDraft): ComposerDraft {
  const visibility = form.text('visibility')
  const language = form.text('language')
  return {
    text: form.text('text'),
    spoilerText: form.text('spoiler_text'),
    visibility: isVisibility(visibility) ? visibility : preferred,
    language: isLanguage(language) ? language : '',
    format: form.text('format') === 'markdown' ? 'markdown' : 'plain',
    replyTo: form.text('reply_to'),
    quoted: form.text('quote'),
    key: form.text('key').slice(0, 100),
  }
}

/** The replied-to or quoted status; null without an id. */
async function loadShown(c: C, id: string): Promise<StatusView | null> {
  if (id === '') return null
  const found = isId(id) ? await loadStatusView(c.var.app.db, viewerOf(c).accountId, id as StatusId) : undefined
  const parent = found?.reblog ?? found
  if (!parent) throw notFound()
  return parent
}

function composePage(
  c: C,
  draft: ComposerDraft,
  shown: StatusView | null,
  refusal: Refusal | null = null,
): Promise<Response> {
  const title = shown ? `${draft.quoted ? 'Quote' : 'Reply to'} @${shown.account.acct}` : 'New post'
  return page(
    c,
    title,
    <>
      <Head title={title} />
      {shown && (
        <div class="feed feed-quoted">
          <Status status={shown} />
        </div>
      )}
      <Composer draft={draft} refusal={refusal} autofocus />
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
