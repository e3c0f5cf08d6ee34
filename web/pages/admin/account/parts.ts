import type { Permission } from '#src/accounts/roles/permissions.ts'
import type { Refusal } from '#src/platform/errors.ts'

/** The forms of the page of an account, by which a refusal finds its place. */
export type AccountForm = 'state' | 'act' | 'posts' | 'note' | 'more' | 'role' | 'address' | 'profile' | 'purge'

/** What the parts of the page get besides the account. */
export type PartProps = {
  path: string
  may: (permission: Permission) => boolean
  refusalAt: (form: AccountForm) => Refusal | null
  /** What was typed, in the form that was refused. */
  values: (form: AccountForm, name: string) => string
}
