import type { StatusView } from '#src/statuses/views/views.ts'

export type Visibility = StatusView['visibility']

/** `unlisted` is readable by everybody and left out of public timelines. */
export const visibilityNames = {
  public: 'Public',
  unlisted: 'Public, but quiet',
  private: 'Followers only',
  direct: 'Mentioned people only',
} as const satisfies Record<Visibility, string>

export const visibilityOptions = Object.entries(visibilityNames)

export const isVisibility = (text: string): text is Visibility => Object.hasOwn(visibilityNames, text)
