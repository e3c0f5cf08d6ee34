import { audit, type AuditAction } from '../../accounts/roles/audit.ts'
import type { Staff } from '../../accounts/roles/staff.ts'
import type { Tx } from '../../platform/db/index.ts'
import type { WebhookId } from '../../platform/ids.ts'

/** Writes the audit log. The path of an address may be a secret of its service, so that only the host stands there. */
export const record = (
  tx: Tx,
  staff: Staff,
  action: AuditAction<'webhook'>,
  { id, url }: { id: WebhookId; url: string },
  details: Record<string, unknown> = {},
): Promise<void> => audit(tx, staff, 'webhook', action, { id, name: URL.parse(url)?.host ?? '' }, details)
