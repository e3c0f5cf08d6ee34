/** What a person has filled in of a report so far. */
export type Answers = {
  category: string
  ruleIds: readonly string[]
  statusIds: readonly string[]
  comment: string
  isForwarded: boolean
  also: readonly (typeof also)[number][]
  /** The number of latest posts to choose from. */
  shown: number
}

/** What a report can do besides. */
export const also = ['unfollow', 'mute', 'block'] as const

/** Posts to choose from at first and with each "more", and at most. */
export const shownAtFirst = 10
export const maxShown = 100

export const blank: Answers = {
  category: '',
  ruleIds: [],
  statusIds: [],
  comment: '',
  isForwarded: false,
  also: [],
  shown: shownAtFirst,
}
