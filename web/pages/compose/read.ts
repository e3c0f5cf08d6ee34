/** Reads the composer's form, and stores the files that were chosen in it. */
import { countAction } from '#src/accounts/sessions/attempts.ts'
import { type Attachment, usableFiles } from '#src/media/attachments.ts'
import { storeUpload } from '#src/media/upload.ts'
import { Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId, type MediaId, type StatusId } from '#src/platform/ids.ts'
import { limits } from '#src/rules/limits.ts'
import { loadSettings } from '#src/rules/settings.ts'
import type { DraftPart, DraftPoll } from '#src/statuses/drafts.ts'
import { refuse } from '#src/text/refusals.ts'
import { noEnd } from '../../components/composer/poll-fields.tsx'
import {
  type ComposerFile,
  type ComposerState,
  filesOf,
  type Section,
  sections,
  textName,
} from '../../components/composer/state.ts'
import { isLanguage } from '../../components/languages.ts'
import { policyOf } from '../../components/policy-fields.tsx'
import { isVisibility } from '../../components/visibility.ts'
import type { C, Form } from '../../env.ts'
import { viewerOf } from '../../guards.tsx'

/** Longer texts are cut; the core refuses much shorter ones. */
const maxText = limits.status.maxSourceLength

/**
 * The state that a form shows. A field that the form does not have keeps its value in `base`.
 *
 * @param editedId the post that the form edits; its files may be used
 */
export async function readState(
  c: C,
  base: ComposerState,
  editedId: StatusId | null = null,
): Promise<{ state: ComposerState; refusal: Refusal | null }> {
  const { app, form } = c.var
  const { accountId } = viewerOf(c)
  const typed = partsOf(form, base)
  const { added, refusal } = await storeFiles(c, accountId, typed)
  const parts = typed.map((part, i) => ({ ...part, mediaIds: [...part.mediaIds, ...(added.get(i) ?? [])] }))
  const files = withDetails(form, await usableFiles(app.db, accountId, idsOf(parts), editedId))
  const { content } = base
  const visibility = form.text('visibility')
  const policy = policyOf(form, { before: content.interactionPolicy })
  return {
    refusal,
    state: {
      content: {
        ...content,
        parts: parts.map((part) => ({ ...part, mediaIds: part.mediaIds.filter((id) => files.has(id)) })),
        visibility: isVisibility(visibility) ? visibility : content.visibility,
        language: form.isChecked('language')
          ? isLanguage(form.text('language'))
            ? form.text('language')
            : null
          : content.language,
        format: form.isChecked('format') ? (form.text('format') === 'markdown' ? 'markdown' : 'plain') : content.format,
        quotePolicy: policy.quotePolicy ?? content.quotePolicy,
        interactionPolicy:
          policy.interactionPolicy === undefined ? content.interactionPolicy : policy.interactionPolicy,
        inReplyToId: isId(form.text('reply_to')) ? (form.text('reply_to') as StatusId) : null,
        quotedStatusId: isId(form.text('quote')) ? (form.text('quote') as StatusId) : null,
        scheduledAt: form.text('scheduled_at') || null,
        isLocalOnly: form.isChecked('local_only'),
      },
      files,
      quoteManual: policy.quoteManual ?? base.quoteManual,
      draftId: isId(form.text('draft')) ? form.text('draft') : '',
      key: form.text('key').slice(0, 100),
      open: new Set(form.texts('open').filter(isSection)),
      wasReminded: form.isChecked('reminded'),
    },
  }
}

const isSection = (name: string): name is Section =>
  (sections as readonly string[]).includes(name) || /^files-\d{1,2}$/.test(name)

/** The parts of a form. One that is not complete, such as the compact one, keeps the values that it has no fields for. */
function partsOf(form: Form, base: ComposerState): DraftPart[] {
  const isComplete = form.isChecked('complete')
  const [before] = base.content.parts
  const spoilerText = form.isChecked('spoiler_text') ? form.text('spoiler_text') : (before?.spoilerText ?? '')
  const isSensitive = isComplete ? form.isChecked('sensitive') : (before?.isSensitive ?? false)
  const parts: DraftPart[] = []
  for (let i = 0; i === 0 || (i < limits.drafts.maxParts && form.isChecked(textName(i))); i += 1) {
    const old = isComplete ? undefined : base.content.parts[i]
    const ids = [...new Set(form.texts(`media-${i}`).filter(isId))].slice(0, limits.status.maxMediaAttachments)
    parts.push({
      text: form.text(textName(i)).slice(0, maxText).replaceAll('\r\n', '\n'),
      spoilerText: spoilerText.slice(0, maxText),
      isSensitive,
      mediaIds: ids.length > 0 || !old ? (ids as MediaId[]) : old.mediaIds,
      poll: pollOf(form, i) ?? old?.poll ?? null,
    })
  }
  return parts
}

function pollOf(form: Form, part: number): DraftPoll | null {
  if (!form.isChecked(`poll-${part}`)) return null
  const end = form.text(`poll_ends-${part}`)
  const seconds = Number(end)
  const hasEnd = Number.isInteger(seconds) && seconds > 0
  return {
    options: form
      .texts(`poll_option-${part}`)
      .slice(0, limits.drafts.maxPollOptions)
      .map((option) => option.slice(0, 1_000)),
    expiresInSeconds: hasEnd ? seconds : null,
    keepsEnd: !hasEnd && end !== noEnd,
    isMultiple: form.isChecked(`poll_multiple-${part}`),
    hidesTotals: form.isChecked(`poll_hides-${part}`),
  }
}

const idsOf = (parts: readonly DraftPart[]): MediaId[] => parts.flatMap(({ mediaIds }) => mediaIds)

/** Stores the chosen files. One that is refused doesn't keep the others from being stored. */
async function storeFiles(
  c: C,
  accountId: AccountId,
  parts: readonly DraftPart[],
): Promise<{ added: Map<number, MediaId[]>; refusal: Refusal | null }> {
  const { app, form } = c.var
  const added = new Map<number, MediaId[]>()
  let refusal: Refusal | null = null
  const { maxMediaAttachments: max } = await loadSettings(app.db)
  for (const { name, path } of form.uploads) {
    const part = Number(name.slice('files-'.length))
    const own = added.get(part) ?? []
    const before = (parts[part]?.mediaIds.length ?? max) + own.length
    try {
      if (before >= max) throw refuse('unprocessable', 'tooManyFiles', { max })
      await countAction(app, 'uploads', accountId)
      added.set(part, [...own, await storeUpload(app, accountId, { path })])
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refusal ??= error
    }
  }
  return { added, refusal }
}

/** The files with the details that were typed for them. */
function withDetails(form: Form, views: Attachment[]): Map<MediaId, ComposerFile> {
  const files = filesOf(views)
  for (const [id, file] of files) {
    if (form.isChecked(`alt-${id}`)) file.description = form.text(`alt-${id}`).replaceAll('\r\n', '\n')
    if (form.isChecked(`focus_x-${id}`))
      file.focus = { x: fromPercent(form.text(`focus_x-${id}`)), y: 0 - fromPercent(form.text(`focus_y-${id}`)) }
  }
  return files
}

/** Forms say 0 to 100 from the left and from the top; the core says -1 to 1, from the left and from the bottom. */
const fromPercent = (text: string): number => {
  const percent = Number(text)
  return text === '' || !Number.isFinite(percent) ? 0 : Math.max(-1, Math.min(1, percent / 50 - 1))
}
