/** The state of the composer: all values of the form, which each answer of the server shows again. */
import { randomUUID } from 'node:crypto'
import type { Preferences } from '#src/accounts/profile/preferences.ts'
import type { Focus } from '#src/media/details.ts'
import type { MediaId } from '#src/platform/ids.ts'
import { type DraftContent, emptyContent } from '#src/statuses/drafts.ts'
import type { QuoteGroup } from '#src/statuses/quotes/policy.ts'
import type { MediaView, StatusView } from '#src/statuses/views/views.ts'

/** A file with its details as they were typed. */
export type ComposerFile = { view: MediaView; description: string; focus: Focus }

/** Parts of the form that a button opens. */
export const sections = ['warning', 'emoji', 'schedule', 'more'] as const
export type Section = (typeof sections)[number] | `files-${number}`

export type ComposerState = {
  content: DraftContent
  files: ReadonlyMap<MediaId, ComposerFile>
  /** Groups that may ask to quote it. */
  quoteManual: QuoteGroup[]
  /** Id of the draft that the form was saved as; empty for none. */
  draftId: string
  /** Idempotency key: a form that is sent twice makes one post. */
  key: string
  open: ReadonlySet<Section>
  /** Whether the person was asked about files without a description. */
  wasReminded: boolean
}

/** The name of the text field of a part: the first has the name that other sites and old pages use. */
export const textName = (part: number): string => (part === 0 ? 'text' : `text-${part}`)

const emptyState = (content: DraftContent): ComposerState => ({
  content,
  files: new Map(),
  quoteManual: [],
  draftId: '',
  key: randomUUID(),
  open: new Set(),
  wasReminded: false,
})

/** An empty post with the author's defaults. */
export function newState(own: Preferences | null): ComposerState {
  const visibility = own?.defaultVisibility ?? 'public'
  const { quoteManual = [], ...interactionPolicy } = own?.defaultInteractionPolicies[visibility] ?? {}
  const state = emptyState({
    ...emptyContent,
    parts: emptyContent.parts.map((part) => ({ ...part, isSensitive: own?.defaultSensitive ?? false })),
    visibility,
    interactionPolicy: Object.keys(interactionPolicy).length > 0 ? interactionPolicy : null,
    language: own?.defaultLanguage ?? null,
    format: own?.defaultFormat ?? 'plain',
    quotePolicy: own?.defaultQuotePolicy ?? 'public',
  })
  return { ...state, quoteManual }
}

const order = ['public', 'unlisted', 'private', 'direct'] as const

/** A reply: it mentions the participants, keeps the warning, and is at most as visible as its parent. */
export function replyState(parent: StatusView, self: { acct: string }, own: Preferences | null): ComposerState {
  const state = newState(own)
  const named = [parent.account.acct, ...parent.mentions.map(({ acct }) => acct)].filter((acct) => acct !== self.acct)
  const text = [...new Set(named)].map((acct) => `@${acct} `).join('')
  const preferred = state.content.visibility ?? 'public'
  const visibility = order[Math.max(order.indexOf(preferred), order.indexOf(parent.visibility))] ?? preferred
  return withContent(withText(state, text, parent.spoilerText), {
    visibility,
    inReplyToId: parent.id,
    language: state.content.language ?? parent.language,
    isLocalOnly: parent.isLocalOnly,
  })
}

/** An empty post for named people only. */
export const directState = (own: Preferences | null): ComposerState => ({
  ...withContent(newState(own), { visibility: 'direct', interactionPolicy: null }),
  quoteManual: [],
})

export const quoteState = (quoted: StatusView, own: Preferences | null): ComposerState =>
  withContent(newState(own), { quotedStatusId: quoted.id })

/** The state for editing a post of the author. */
export function editState(status: StatusView): ComposerState {
  const { poll, media } = status
  const policy = status.quoteAutomatic.includes('public')
    ? 'public'
    : status.quoteAutomatic.includes('followers')
      ? 'followers'
      : 'nobody'
  return {
    ...emptyState({
      ...emptyContent,
      parts: [
        {
          text: status.text,
          spoilerText: status.spoilerText,
          isSensitive: status.isSensitive,
          mediaIds: media.map(({ id }) => id),
          poll: poll && {
            options: poll.options.map(({ title }) => title),
            expiresInSeconds: null,
            keepsEnd: true,
            isMultiple: poll.isMultiple,
            hidesTotals: poll.hidesTotals,
          },
        },
      ],
      visibility: status.visibility,
      language: status.language,
      format: status.textFormat,
      quotePolicy: policy,
      interactionPolicy: status.interactionPolicy,
      isLocalOnly: status.isLocalOnly,
    }),
    files: filesOf(media),
    quoteManual: status.quoteManual,
  }
}

/** The state of a saved draft. Missing values are the author's defaults. */
export function draftState(
  draft: { id: string; content: DraftContent; media: MediaView[] },
  own: Preferences | null,
): ComposerState {
  const { content: defaults } = newState(own)
  const { content } = draft
  return {
    ...emptyState({
      ...content,
      visibility: content.visibility ?? defaults.visibility,
      format: content.format ?? defaults.format,
      quotePolicy: content.quotePolicy ?? defaults.quotePolicy,
      interactionPolicy: content.interactionPolicy ?? defaults.interactionPolicy,
    }),
    files: filesOf(draft.media),
    draftId: draft.id,
  }
}

export const filesOf = (media: readonly MediaView[]): Map<MediaId, ComposerFile> =>
  new Map(
    media.map((view) => [view.id, { view, description: view.description, focus: { x: view.focusX, y: view.focusY } }]),
  )

export const withContent = (state: ComposerState, change: Partial<DraftContent>): ComposerState => ({
  ...state,
  content: { ...state.content, ...change },
})

/** With another text and warning of the first part. */
export const withText = (state: ComposerState, text: string, spoilerText?: string): ComposerState =>
  withContent(state, {
    parts: state.content.parts.map((part, i) =>
      i === 0 ? { ...part, text, spoilerText: spoilerText ?? part.spoilerText } : part,
    ),
  })
