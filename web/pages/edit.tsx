import { Hono } from 'hono'
import type { Preferences } from '#src/accounts/profile/preferences.ts'
import { loadOwnProfile } from '#src/accounts/profile/profile.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { notFound } from '#src/platform/errors.ts'
import { isId, type StatusId } from '#src/platform/ids.ts'
import type { DraftPoll } from '#src/statuses/drafts.ts'
import { type EditInput, editStatus } from '#src/statuses/edit.ts'
import type { PollView } from '#src/statuses/views/polls.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { type ComposerState, editState } from '../components/composer/state.ts'
import { statusPath } from '../components/status.tsx'
import type { C, Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { awaitFiles, changedPolicy, changesOf, lacksDescriptions } from './compose/details.ts'
import { readState } from './compose/read.ts'
import { stepped } from './compose/steps.ts'
import { composePage, previewOf } from './compose/view.tsx'

/** Editing one's own post: everything but its audience. */
export const edits = new Hono<Env>()
  .get('/statuses/:id/edit', requireViewer, async (c) => {
    const status = await loadOwn(c)
    return editPage(c, await loadPreferences(c), status, editState(status))
  })
  .post('/statuses/:id/edit', requireViewer, async (c) => {
    const { form } = c.var
    const [status, own] = [await loadOwn(c), await loadPreferences(c)]
    const { state, refusal } = await readState(c, editState(status), status.id)
    const step = form.text('do')
    if (refusal) return editPage(c, own, status, state, { refusal })
    if (step === 'preview') return editPage(c, own, status, state, { preview: await previewOf(c, state) })
    return step === '' || step === 'post' ? save(c, own, status, state) : editPage(c, own, status, stepped(state, step))
  })

async function save(c: C, own: Preferences | null, status: StatusView, state: ComposerState): Promise<Response> {
  const { app, messages } = c.var
  const { accountId } = viewerOf(c)
  if (own?.descriptionRule === 'remind' && !state.wasReminded && lacksDescriptions(state))
    return editPage(c, own, status, state, { reminds: true })
  if (!(await awaitFiles(app, accountId, state)))
    return editPage(c, own, status, state, { notice: messages.t('composer.stillProcessing') })
  const refusal = await refusalOf(async () => {
    await countAction(app, 'statuses', accountId)
    await editStatus(app, accountId, status.id, inputOf(status, state))
  })
  return refusal ? editPage(c, own, status, state, { refusal }) : c.redirect(statusPath(status), 303)
}

function inputOf(status: StatusView, state: ComposerState): EditInput {
  const { parts, language, format } = state.content
  const [first] = parts
  const poll = pollInput(status.poll, first?.poll ?? null)
  return {
    text: first?.text ?? '',
    spoilerText: first?.spoilerText ?? '',
    isSensitive: first?.isSensitive ?? false,
    mediaIds: first?.mediaIds ?? [],
    format: format ?? 'plain',
    language,
    fileChanges: changesOf(state),
    ...(poll ? { poll } : {}),
    ...changedPolicy(state, editState(status)),
  }
}

/** The shortest time that the rest of a poll may take, in seconds. */
const leastSeconds = 300

/** A poll without changes keeps its votes. Without another end, changed choices run until the old one. */
function pollInput(before: PollView | null, poll: DraftPoll | null): EditInput['poll'] {
  if (!poll) return undefined
  if (!before) return { ...poll, expiresInSeconds: poll.keepsEnd ? undefined : poll.expiresInSeconds }
  const options = poll.options.map((option) => option.trim()).filter((option) => option !== '')
  const isSame =
    poll.keepsEnd &&
    poll.isMultiple === before.isMultiple &&
    poll.hidesTotals === before.hidesTotals &&
    options.length === before.options.length &&
    options.every((option, i) => option === before.options[i]?.title)
  if (isSame) return 'kept'
  if (!poll.keepsEnd || !before.expiresAt) return poll
  const rest = Math.round((before.expiresAt.getTime() - Date.now()) / 1_000)
  return { ...poll, expiresInSeconds: Math.max(leastSeconds, rest) }
}

const loadPreferences = (c: C): Promise<Preferences | null> => loadOwnProfile(c.var.app.db, viewerOf(c).accountId)

async function loadOwn(c: C): Promise<StatusView> {
  const { accountId } = viewerOf(c)
  const id = c.req.param('id') ?? ''
  const status = isId(id) ? await loadStatusView(c.var.app.db, accountId, id as StatusId) : undefined
  if (!status || status.accountId !== accountId || status.reblogOfId) throw notFound()
  return status
}

const editPage = (
  c: C,
  own: Preferences | null,
  status: StatusView,
  state: ComposerState,
  shown: Parameters<typeof composePage>[3] = {},
): Promise<Response> =>
  composePage(c, own, state, {
    ...shown,
    edited: {
      id: status.id,
      path: statusPath(status),
      hasPoll: status.poll !== null,
      isHeld: status.heldUntil !== null,
    },
  })
