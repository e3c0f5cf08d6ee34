import { createHash } from 'node:crypto'
import type { StoredAllow, StoredRule } from '#src/moderation/domains.ts'
import { toDateTime } from './dates.ts'

/**
 * A rule about another server, for staff.
 *
 * @see https://docs.joinmastodon.org/entities/Admin_DomainBlock/
 */
export const toAdminDomainBlock = (rule: StoredRule) => ({
  id: rule.id,
  domain: rule.domain,
  digest: createHash('sha256').update(rule.domain).digest('hex'),
  created_at: toDateTime(rule.createdAt),
  severity: rule.severity,
  reject_media: rule.rejectsMedia,
  reject_reports: rule.rejectsReports,
  private_comment: rule.privateComment || null,
  public_comment: rule.publicComment || null,
  obfuscate: rule.isObfuscated,
})

/**
 * A server that is allowed while federation is limited.
 *
 * @see https://docs.joinmastodon.org/entities/Admin_DomainAllow/
 */
export const toAdminDomainAllow = ({ id, domain, createdAt }: StoredAllow) => ({
  id,
  domain,
  created_at: toDateTime(createdAt),
})
