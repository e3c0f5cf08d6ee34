import type { Permission } from '#src/accounts/roles/permissions.ts'
import type { AccountOverview } from '#src/moderation/accounts/overview.ts'
import type { Refusal } from '#src/platform/errors.ts'

export type AccountForm =
  | 'state'
  | 'act'
  | 'posts'
  | 'files'
  | 'note'
  | 'more'
  | 'role'
  | 'address'
  | 'profile'
  | 'purge'
  /** The dates of one strike. */
  | `strike-${string}`

/** What the parts of the page of an account get. */
export type PartProps = {
  overview: AccountOverview
  path: string
  /** Whether the role of the staff has one of some permissions. */
  may: (...permissions: Permission[]) => boolean
  refusalAt: (form: AccountForm) => Refusal | null
  /** What was typed, in the form that was refused, or that was sent before a proof of identity. */
  values: (form: AccountForm, name: string) => string
  /** Whether what was typed stands in the form again after a proof, and the form was not sent yet. */
  isKept: (form: AccountForm) => boolean
  /** Whether the person gets a mail: as it was chosen in a form that was refused, else yes. */
  mails: (form: AccountForm) => boolean
}
