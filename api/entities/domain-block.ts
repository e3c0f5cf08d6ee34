import { publicRule, type StoredRule } from '#src/moderation/domains.ts'

/**
 * A rule about another server as the public may see it.
 *
 * @param withReason whether to include the public comment
 * @see https://docs.joinmastodon.org/entities/DomainBlock/
 */
export function toDomainBlock(rule: StoredRule, withReason: boolean) {
  const { reason, ...shown } = publicRule(rule)
  return { ...shown, ...(withReason ? { comment: reason || null } : {}) }
}
