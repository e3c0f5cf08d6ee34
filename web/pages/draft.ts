import { randomUUID } from 'node:crypto'
import type { Preferences } from '#src/accounts/profile/preferences.ts'
import type { StatusView } from '#src/statuses/views/views.ts'
import type { ComposerDraft } from '../components/composer.tsx'

/** An empty post with the author's defaults. */
export function newDraft(preferences: Preferences | null): ComposerDraft {
  return {
    text: '',
    spoilerText: '',
    visibility: preferences?.defaultVisibility ?? 'public',
    language: preferences?.defaultLanguage ?? '',
    format: 'plain',
    replyTo: '',
    quoted: '',
    key: randomUUID(),
  }
}

const order = ['public', 'unlisted', 'private', 'direct'] as const

/** A reply: it mentions the participants, keeps the content warning, and is at most as visible as its parent. */
export function replyDraft(parent: StatusView, self: { acct: string }, preferences: Preferences | null): ComposerDraft {
  const draft = newDraft(preferences)
  const named = [parent.account.acct, ...parent.mentions.map(({ acct }) => acct)].filter((acct) => acct !== self.acct)
  const text = [...new Set(named)].map((acct) => `@${acct} `).join('')
  const visibility =
    order[Math.max(order.indexOf(draft.visibility), order.indexOf(parent.visibility))] ?? draft.visibility
  return {
    ...draft,
    text,
    visibility,
    spoilerText: parent.spoilerText,
    replyTo: parent.id,
    language: draft.language || (parent.language ?? ''),
  }
}
