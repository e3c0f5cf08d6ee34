/** The audit log, as the use cases of moderation write it. */
export * from '../accounts/roles/audit.ts'
