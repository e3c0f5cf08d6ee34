import { createHash } from 'node:crypto'
import type { StoredRule } from '#src/moderation/domains.ts'

/**
 * A rule about another server as the public may see it. A reader who knows the whole name can find it by the digest.
 *
 * @param withReason whether to include the public comment
 * @see https://docs.joinmastodon.org/entities/DomainBlock/
 */
export const toDomainBlock = ({ domain, severity, publicComment, isObfuscated }: StoredRule, withReason: boolean) => ({
  domain: isObfuscated ? obfuscated(domain) : domain,
  digest: createHash('sha256').update(domain).digest('hex'),
  severity,
  ...(withReason ? { comment: publicComment || null } : {}),
})

/** Hides a domain's name but its beginning, end and dots. */
function obfuscated(domain: string): string {
  const shown = Math.floor(domain.length / 4)
  return [...domain]
    .map((character, i) => (i > shown && i < domain.length - shown && character !== '.' ? '*' : character))
    .join('')
}
