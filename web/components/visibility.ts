import type { StatusView } from '#src/statuses/views/views.ts'

export type Visibility = StatusView['visibility']

/** Everybody can read `unlisted` statuses, but public timelines leave them out. */
export const visibilityNames = {
  public: 'Public',
  unlisted: 'Public, but quiet',
  private: 'Followers only',
  direct: 'Mentioned people only',
} as const satisfies Record<Visibility, string>

export const visibilityOptions = Object.entries(visibilityNames)

export const isVisibility = (text: string): text is Visibility => Object.hasOwn(visibilityNames, text)
