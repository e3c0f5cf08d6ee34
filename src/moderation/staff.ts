/** Members of staff, as the use cases of moderation ask for them. */
export * from '../accounts/roles/staff.ts'
