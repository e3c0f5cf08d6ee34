/** The audit log: each action of staff, written in the transaction of the action, and kept. */
import type { Tx } from '../../platform/db/index.ts'
import { auditLog } from '../../platform/db/schema/moderation.ts'
import { type AuditId, newId } from '../../platform/ids.ts'
import type { Staff } from './staff.ts'

/** Actions by the kind of their object; the texts are `audit.<kind>.<action>` in the catalogue. */
export const auditActions = {
  account: [
    'approve',
    'reject',
    'confirm',
    'warn',
    'unwarn',
    'deletePosts',
    'markPosts',
    'removeFiles',
    'liftStrike',
    'changeStrike',
    'sensitive',
    'unsensitive',
    'silence',
    'unsilence',
    'disable',
    'enable',
    'suspend',
    'unsuspend',
    'purge',
    'memorialise',
    'unmemorialise',
    'resetPassword',
    'resetFactors',
    'changeRole',
    'changeAddress',
    'changeName',
    'endSessions',
    'removeFile',
    'readPrivate',
  ],
  status: ['delete', 'restore', 'markSensitive', 'unmarkSensitive', 'removeFile'],
  collection: ['delete'],
  report: ['assign', 'unassign', 'resolve', 'reopen', 'forward', 'answer', 'change', 'readPrivate'],
  appeal: ['approve', 'reject', 'readPrivate'],
  note: ['write', 'delete'],
  role: ['create', 'change', 'delete'],
  domain: ['block', 'import', 'unblock', 'allow', 'disallow', 'limit', 'open', 'retry', 'stop', 'resume'],
  ipBlock: ['create', 'change', 'delete'],
  emailDomainBlock: ['create', 'delete'],
  canonicalEmailBlock: ['create', 'delete'],
  tag: ['change', 'approve', 'reject'],
  link: ['approve', 'reject'],
  publisher: ['approve', 'reject'],
  trendingStatus: ['approve', 'reject'],
  webhook: ['create', 'change', 'enable', 'disable', 'rotate', 'delete', 'test'],
  settings: ['change'],
  text: ['change'],
  rule: ['create', 'delete'],
  announcement: ['publish', 'change', 'delete'],
  invite: ['revoke'],
} as const

export type AuditKind = keyof typeof auditActions
export type AuditAction<Kind extends AuditKind> = (typeof auditActions)[Kind][number]

/** The object of an action: its id, and its name at that time, as it may be gone later. */
export type AuditTarget = { id: string; name: string }

/** Records an action. `details`: what changed, without private content. */
export async function audit<Kind extends AuditKind>(
  tx: Tx,
  staff: Staff,
  kind: Kind,
  action: AuditAction<Kind>,
  target: AuditTarget,
  details: Record<string, unknown> = {},
): Promise<void> {
  await auditEach(tx, staff, kind, action, [target], details)
}

/** Records an action on several objects. */
export async function auditEach<Kind extends AuditKind>(
  tx: Tx,
  staff: Staff,
  kind: Kind,
  action: AuditAction<Kind>,
  targets: readonly AuditTarget[],
  details: Record<string, unknown> = {},
): Promise<void> {
  if (targets.length === 0) return
  await tx
    .insert(auditLog)
    .values(
      targets.map(({ id, name }) => ({
        id: newId<AuditId>(),
        actorId: staff.accountId,
        actorName: staff.name,
        action,
        targetKind: kind,
        targetId: id,
        targetName: name.slice(0, 300),
        details,
      })),
    )
}
