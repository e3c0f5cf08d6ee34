/** The composer's changes of files before a post is published. */
import { awaitAttachment, changeAttachment } from '#src/media/attachments.ts'
import type { App } from '#src/platform/app.ts'
import type { AccountId, MediaId } from '#src/platform/ids.ts'
import type { FileChange } from '#src/statuses/edit.ts'
import type { ComposerFile, ComposerState } from '../../components/composer/state.ts'
import type { Policy } from '../../components/policy-fields.tsx'

/** Focal points are typed in percent, so smaller differences come from rounding. */
const sameFocus = 0.011

/** The changes of files that were typed. */
export const changesOf = ({ files }: ComposerState): FileChange[] =>
  [...files].flatMap(([id, file]) => changeOf(id, file))

function changeOf(id: MediaId, { view, description, focus }: ComposerFile): FileChange[] {
  const hasMoved = Math.abs(view.focusX - focus.x) > sameFocus || Math.abs(view.focusY - focus.y) > sameFocus
  const isDescribed = description.trim() !== view.description
  return hasMoved || isDescribed
    ? [{ id, ...(isDescribed ? { description } : {}), ...(hasMoved ? { focus } : {}) }]
    : []
}

/** Stores descriptions and focal points of uploads. @throws Refusal `invalid` for a description that is too long */
export async function saveDetails(app: App, accountId: AccountId, state: ComposerState): Promise<void> {
  for (const { id, ...change } of changesOf(state)) await changeAttachment(app, accountId, id, change)
}

export const lacksDescriptions = ({ files }: ComposerState): boolean =>
  [...files.values()].some(({ description }) => description.trim() === '')

/** Waits for files that are being processed, for up to 20 seconds each. Returns whether all are done. */
export async function awaitFiles(app: App, accountId: AccountId, { files }: ComposerState): Promise<boolean> {
  const waiting = [...files.values()].filter(({ view }) => view.state === 'processing' && view.statusId === null)
  const done = await Promise.all(waiting.map(({ view }) => awaitAttachment(app.db, accountId, view.id)))
  return done.every(({ state }) => state !== 'processing')
}

/** The changed parts of a policy: the unchanged ones stay the author's defaults, or as the post has them. */
export function changedPolicy(state: ComposerState, before: ComposerState): Partial<Policy> {
  const { interactionPolicy, quotePolicy } = state.content
  const hasNewRules = JSON.stringify(interactionPolicy) !== JSON.stringify(before.content.interactionPolicy)
  const hasNewQuotes =
    quotePolicy !== before.content.quotePolicy || state.quoteManual.join() !== before.quoteManual.join()
  return {
    ...(hasNewRules ? { interactionPolicy } : {}),
    ...(hasNewQuotes && quotePolicy ? { quotePolicy, quoteManual: state.quoteManual } : {}),
  }
}
