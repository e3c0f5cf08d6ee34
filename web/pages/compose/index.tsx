import { Hono } from 'hono'
import type { Preferences } from '#src/accounts/profile/preferences.ts'
import { loadOwnProfile } from '#src/accounts/profile/profile.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { notFound } from '#src/platform/errors.ts'
import { parseHandle } from '#src/platform/handle.ts'
import { type DraftId, isId, type StatusId } from '#src/platform/ids.ts'
import { conversationOf } from '#src/reading/conversations/page.ts'
import { inputsOf, loadDraft, removeDraft, saveDraft } from '#src/statuses/drafts.ts'
import type { Draft } from '#src/statuses/prepare.ts'
import { prepareThread, publishThread } from '#src/statuses/publish-thread.ts'
import { scheduledMoment, scheduleStatus } from '#src/statuses/scheduled.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { refuse } from '#src/text/refusals.ts'
import {
  type ComposerState,
  directState,
  draftState,
  newState,
  quoteState,
  replyState,
  withText,
} from '../../components/composer/state.ts'
import { isVisibility } from '../../components/visibility.ts'
import type { C, Env, Middleware } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { HttpProblem } from '../../problem.ts'
import { findShared } from '../interact.tsx'
import { awaitFiles, changedPolicy, lacksDescriptions, saveDetails } from './details.ts'
import { emojiList } from './emojis.ts'
import { composerFiles } from './files.ts'
import { readState } from './read.ts'
import { stepped } from './steps.ts'
import { suggestions } from './suggest.ts'
import { composePage, previewOf } from './view.tsx'

/** Characters of each shared parameter. A longer text could not be posted. */
const maxShared = 10_000

/** Shows the typed text to a person whose session has ended, as a log-in would lose it. */
const keepsText: Middleware = async (c, next) => {
  const { form, session } = c.var
  if (!session.login && form.text('text').trim() !== '')
    throw new HttpProblem(403, 'composer.loggedOut', form.text('text'))
  return next()
}

/** Writing posts, replies, quotes and threads. `/share` is the target of other sites' share buttons. */
export const compose = new Hono<Env>()
  .route('/', composerFiles)
  .route('/', emojiList)
  .route('/', suggestions)
  .get('/compose', requireViewer, async (c) => {
    const { app } = c.var
    const { accountId } = viewerOf(c)
    const draft = c.req.query('draft') ?? ''
    const [own, [self], parent, quoted] = await Promise.all([
      loadOwnProfile(app.db, accountId),
      loadAccountViews(app.db, [accountId]),
      loadShown(c, c.req.query('reply_to') ?? ''),
      loadShown(c, c.req.query('quote') ?? ''),
    ])
    if (draft !== '') {
      if (!isId(draft)) throw notFound()
      return composePage(c, own, draftState(await loadDraft(app.db, accountId, draft as DraftId), own))
    }
    const to = parseHandle(c.req.query('to') ?? '') ? `@${c.req.query('to')} ` : ''
    if (quoted) return composePage(c, own, quoteState(quoted, own))
    const asked = c.req.query('visibility') === 'direct' ? directState(own) : newState(own)
    return composePage(c, own, parent && self ? replyState(parent, self, own) : withText(asked, to))
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
    const state = parent && self ? replyState(parent, self, own) : newState(own)
    const shared = [c.req.query('title'), c.req.query('text'), c.req.query('url')]
      .map((part) => (part ?? '').replaceAll('\0', '').trim().slice(0, maxShared))
      .filter(Boolean)
    const text = (state.content.parts[0]?.text ?? '') + [...new Set(shared)].join('\n\n')
    return composePage(c, own, withText(state, text))
  })
  .post('/compose', keepsText, requireViewer, async (c) => {
    const { app, form } = c.var
    const own = await loadOwnProfile(app.db, viewerOf(c).accountId)
    const { state, refusal } = await readState(c, newState(own))
    const step = form.text('do')
    if (step === 'draft') return keepDraft(c, own, state)
    if (refusal) return composePage(c, own, state, { refusal })
    if (step === 'preview') return composePage(c, own, state, { preview: await previewOf(c, state) })
    return step === '' || step === 'post' ? publish(c, own, state) : composePage(c, own, stepped(state, step))
  })

/** Refuses an answer to somebody for named people only that names nobody: only its author would get it. */
async function refuseUnaddressed(c: C, [first]: readonly Draft[]): Promise<void> {
  if (!first?.inReplyToId || first.visibility !== 'direct' || first.mentionedIds.length > 0) return
  const parent = await loadStatusView(c.var.app.db, viewerOf(c).accountId, first.inReplyToId)
  if (parent && parent.accountId !== viewerOf(c).accountId) throw refuse('unprocessable', 'answerNamesNobody')
}

/** Publishes or schedules the posts of the form; with a problem, shows the form again. */
async function publish(c: C, own: Preferences | null, state: ComposerState): Promise<Response> {
  const { app, form, messages } = c.var
  const { accountId, username } = viewerOf(c)
  const { content } = state
  if (own?.descriptionRule === 'remind' && !state.wasReminded && lacksDescriptions(state))
    return composePage(c, own, state, { reminds: true })
  if (!(await awaitFiles(app, accountId, state)))
    return composePage(c, own, state, { notice: messages.t('composer.stillProcessing') })

  let ids: StatusId[] = []
  let isScheduled = false
  const refusal = await refusalOf(async () => {
    for (const _ of content.parts) await countAction(app, 'statuses', accountId)
    const visibility = form.text('visibility')
    // An unknown visibility is refused, as a default might show the post to too many people.
    if (visibility !== '' && !isVisibility(visibility)) throw refuse('unprocessable', 'chooseVisibility')
    await saveDetails(app, accountId, state)
    const at = scheduledMoment(own?.timeZone ?? null, content.scheduledAt ?? '')
    const inputs = inputsOf({ ...content, quotePolicy: null, interactionPolicy: null }).map((input, i) => ({
      ...input,
      ...changedPolicy(state, newState(own)),
      // "Not specified" is a choice, too.
      language: content.language,
      ...(state.key && i === 0 ? { idempotencyKey: `web ${state.key}` } : {}),
    }))
    const drafts = await prepareThread(app, accountId, inputs)
    await refuseUnaddressed(c, drafts)
    const [first, ...further] = drafts.map((draft, i) => ({ draft, input: inputs[i] ?? { text: '' } }))
    ids = await app.db.transaction(async (tx) => {
      if (state.draftId) await removeDraft(tx, accountId, state.draftId as DraftId)
      if (!at || !first) return publishThread(tx, app.uris, accountId, drafts)
      isScheduled = 'scheduledId' in (await scheduleStatus(tx, accountId, at, first, further))
      return []
    })
  })
  if (refusal) return composePage(c, own, state, { refusal })
  if (isScheduled) return c.redirect('/scheduled', 303)
  // Shows the new post: a message in its conversation, a reply or thread on its page, any other post on the home timeline.
  const [id] = ids
  if (!id) return c.redirect('/', 303)
  const conversation = content.visibility === 'direct' ? await conversationOf(app.db, accountId, id) : null
  if (conversation) return c.redirect(`/conversations/${conversation}#post-${id}`, 303)
  const hasPage = content.inReplyToId || content.visibility === 'direct' || ids.length > 1
  return c.redirect(hasPage ? `/@${username}/${id}#post-${id}` : '/', 303)
}

/** Saves the form as a draft. Scripts, which save while somebody types, get its id as JSON. */
async function keepDraft(c: C, own: Preferences | null, state: ComposerState): Promise<Response> {
  const { app, messages } = c.var
  const { accountId } = viewerOf(c)
  let draftId = state.draftId
  const refusal = await refusalOf(async () => {
    await saveDetails(app, accountId, state)
    draftId = await app.db.transaction((tx) =>
      saveDraft(tx, accountId, state.content, (state.draftId as DraftId) || null),
    )
  })
  if (c.req.header('Accept') === 'application/json')
    return refusal ? c.json({ error: refusal.message }, 422) : c.json({ draft: draftId })
  return refusal
    ? composePage(c, own, state, { refusal })
    : composePage(
        c,
        own,
        { ...state, draftId },
        { notice: <>{messages.rich('composer.draftSaved', { a: (words) => <a href="/drafts">{words}</a> })}</> },
      )
}

/** The replied-to or quoted status; null without an id. */
async function loadShown(c: C, id: string): Promise<StatusView | null> {
  if (id === '') return null
  const found = isId(id) ? await loadStatusView(c.var.app.db, viewerOf(c).accountId, id as StatusId) : undefined
  const parent = found?.reblog ?? found
  if (!parent) throw notFound()
  return parent
}
