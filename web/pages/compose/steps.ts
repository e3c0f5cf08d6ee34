/**
 * The buttons of the composer that change the form and do not send it: each posts the whole form, and the answer shows it
 * changed. With scripts, the page takes over only the changed parts.
 */
import type { MediaId } from '#src/platform/ids.ts'
import { limits } from '#src/rules/limits.ts'
import { type DraftPart, emptyPart } from '#src/statuses/drafts.ts'
import { type ComposerState, type Section, withContent } from '../../components/composer/state.ts'

/** A new poll has two lines to fill. */
const emptyPoll = { options: ['', ''], expiresInSeconds: 86_400, isMultiple: false, hidesTotals: false }

/** The state after a step such as `poll 0`, `up 123` or `no-option 0 2`. An unknown step changes nothing. */
export function stepped(state: ComposerState, step: string): ComposerState {
  const [verb = '', first = '', second = ''] = step.split(' ')
  const part = Number(first)
  switch (verb) {
    case 'show':
      return { ...state, open: toggled(state.open, first as Section) }
    case 'remove':
      return withParts(state, (parts) =>
        parts.map((part) => ({ ...part, mediaIds: part.mediaIds.filter((id) => id !== first) })),
      )
    case 'up':
    case 'down':
      return withParts(state, (parts) =>
        parts.map((part) => ({ ...part, mediaIds: moved(part.mediaIds, first as MediaId, verb === 'up' ? -1 : 1) })),
      )
    case 'poll':
      return withPart(state, part, (old) => ({ ...old, poll: old.poll ?? emptyPoll }))
    case 'no-poll':
      return withPart(state, part, (old) => ({ ...old, poll: null }))
    case 'option':
      return withOptions(state, part, (options) =>
        options.length < limits.poll.maxOptions ? [...options, ''] : options,
      )
    case 'no-option':
      return withOptions(state, part, (options) =>
        options.length > 2
          ? options.toSpliced(Number(second), 1)
          : options.map((option, i) => (i === Number(second) ? '' : option)),
      )
    case 'part':
      return withParts(state, (parts) =>
        parts.length < limits.drafts.maxParts
          ? [...parts, { ...emptyPart, isSensitive: parts[0]?.isSensitive ?? false }]
          : parts,
      )
    case 'no-part':
      return withParts(state, (parts) => (parts.length > 1 ? parts.filter((_, i) => i !== part) : parts))
    default:
      return state
  }
}

const withParts = (state: ComposerState, change: (parts: DraftPart[]) => DraftPart[]): ComposerState =>
  withContent(state, { parts: change(state.content.parts) })

const withPart = (state: ComposerState, index: number, change: (part: DraftPart) => DraftPart): ComposerState =>
  withParts(state, (parts) => parts.map((part, i) => (i === index ? change(part) : part)))

const withOptions = (state: ComposerState, index: number, change: (options: string[]) => string[]): ComposerState =>
  withPart(state, index, (part) => ({
    ...part,
    poll: part.poll && { ...part.poll, options: change(part.poll.options) },
  }))

function toggled(open: ReadonlySet<Section>, section: Section): Set<Section> {
  const changed = new Set(open)
  if (!changed.delete(section)) changed.add(section)
  return changed
}

function moved(ids: readonly MediaId[], id: MediaId, by: -1 | 1): MediaId[] {
  const from = ids.indexOf(id)
  const to = from + by
  if (from === -1 || to < 0 || to >= ids.length) return [...ids]
  const rest = ids.toSpliced(from, 1)
  return rest.toSpliced(to, 0, id)
}
