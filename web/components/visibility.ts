import type { StatusView } from '#src/statuses/views/views.ts'
import type { Messages } from '#src/text/messages.ts'

export type Visibility = StatusView['visibility']

const visibilities = ['public', 'unlisted', 'private', 'direct'] as const satisfies readonly Visibility[]

/** Visibilities for a select box. Everybody can read `unlisted` statuses, but public timelines leave them out. */
export const visibilityOptions = ({ t }: Messages): [Visibility, string][] =>
  visibilities.map((name) => [name, t(`visibility.${name}`)])

export const isVisibility = (text: string): text is Visibility => visibilities.some((name) => name === text)
