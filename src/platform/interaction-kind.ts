/** What can be done with a status where its author may want to be asked: GoToSocial's three sub-policies. */
export type InteractionKind = 'like' | 'reply' | 'announce'
