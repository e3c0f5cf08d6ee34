import type { Rule } from '#src/moderation/instance-rules.ts'

/** @see https://docs.joinmastodon.org/entities/Rule/ */
export const toRule = ({ id, text, hint }: Rule) => ({ id, text, hint, translations: {} })
