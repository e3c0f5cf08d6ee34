import type { StatusView } from '#src/statuses/views.ts'

export type Visibility = StatusView['visibility']

export const visibilityNames = {
  public: 'Public',
  unlisted: 'Quiet public',
  private: 'Followers',
  direct: 'Mentioned people',
} as const satisfies Record<Visibility, string>

const explained = {
  public: 'Public – everybody, and in timelines',
  unlisted: 'Quiet public – everybody, not in timelines',
  private: 'Followers only',
  direct: 'Only people you mention',
} as const satisfies Record<Visibility, string>

export const visibilityOptions = Object.entries(explained)

export const isVisibility = (text: string): text is Visibility => text in visibilityNames
