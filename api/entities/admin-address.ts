import type { DomainUse } from '#src/accounts/sign-up/mail-domain-uses.ts'
import type { StoredCanonical } from '#src/moderation/addresses/canonical.ts'
import type { StoredMailDomain } from '#src/moderation/addresses/mail-domains.ts'
import type { StoredNetwork } from '#src/moderation/addresses/networks.ts'
import { toDateTime } from './dates.ts'
import { toHistory } from './history.ts'

/**
 * A rule about a network.
 *
 * @see https://docs.joinmastodon.org/entities/Admin_IpBlock/
 */
export const toAdminIpBlock = ({ id, network, severity, comment, createdAt, expiresAt }: StoredNetwork) => ({
  id,
  ip: network,
  severity,
  comment,
  created_at: toDateTime(createdAt),
  expires_at: expiresAt && toDateTime(expiresAt),
})

/**
 * A rule about a mail domain, with the sign-ups that it met.
 *
 * @see https://docs.joinmastodon.org/entities/Admin_EmailDomainBlock/
 */
export const toAdminEmailDomainBlock = (
  { id, domain, createdAt, allowsWithApproval }: StoredMailDomain,
  history: readonly DomainUse[],
) => ({
  id,
  domain,
  created_at: toDateTime(createdAt),
  history: toHistory(history),
  allow_with_approval: allowsWithApproval,
})

/**
 * A blocked mail address.
 *
 * @see https://docs.joinmastodon.org/entities/Admin_CanonicalEmailBlock/
 */
export const toAdminCanonicalEmailBlock = ({ id, hash }: StoredCanonical) => ({ id, canonical_email_hash: hash })
