/** The interactions with a status that may need its author's consent: GoToSocial's three sub-policies. */
export type InteractionKind = 'like' | 'reply' | 'announce'
