import type { AddressBlock } from '#src/moderation/addresses/canonical-addresses.ts'
import type { MailDomainRule } from '#src/moderation/addresses/mail-domains.ts'
import type { NetworkRule } from '#src/moderation/addresses/networks.ts'
import { toDateTime } from './dates.ts'

/** @see https://docs.joinmastodon.org/entities/Admin_IpBlock/ */
export const toAdminIpBlock = ({ id, network, severity, comment, createdAt, expiresAt }: NetworkRule) => ({
  id,
  ip: network,
  severity,
  comment,
  created_at: toDateTime(createdAt),
  expires_at: expiresAt && toDateTime(expiresAt),
})

/**
 * Attempts to sign up with a domain are not counted, so the history is empty.
 *
 * @see https://docs.joinmastodon.org/entities/Admin_EmailDomainBlock/
 */
export const toAdminEmailDomainBlock = ({ id, domain, createdAt, allowsWithApproval }: MailDomainRule) => ({
  id,
  domain,
  created_at: toDateTime(createdAt),
  history: [],
  allow_with_approval: allowsWithApproval,
})

/** @see https://docs.joinmastodon.org/entities/Admin_CanonicalEmailBlock/ */
export const toAdminCanonicalEmailBlock = ({ id, hash }: AddressBlock) => ({ id, canonical_email_hash: hash })
