import type { FC } from 'hono/jsx'
import type { StaffAccount } from '#src/moderation/accounts/find.ts'
import type { StrikeLine } from '#src/moderation/accounts/overview.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { NoticeBox } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'

const notes = {
  none: 'staffAccount.doneWarn',
  sensitive: 'staffAccount.doneSensitive',
  silence: 'staffAccount.doneLimit',
  disable: 'staffAccount.doneDisable',
  suspend: 'staffAccount.doneSuspend',
  unwarn: 'staffAccount.doneUnwarn',
  unsensitive: 'staffAccount.doneUnsensitive',
  unlimit: 'staffAccount.doneUnlimit',
  enable: 'staffAccount.doneEnable',
  unsuspend: 'staffAccount.doneUnsuspend',
  unmark: 'staffAccount.doneUnmark',
  undelete: 'staffAccount.doneUndelete',
  dates: 'staffAccount.doneDates',
  approve: 'staffAccount.doneApprove',
  confirm: 'staffAccount.doneConfirm',
  refetch: 'staffAccount.doneRefetch',
  delete: 'staffAccount.doneDelete',
  mark: 'staffAccount.doneMark',
  files: 'staffAccount.doneFiles',
  note: 'staffAccount.doneNote',
  unnote: 'staffAccount.doneUnnote',
  sessions: 'staffAccount.doneSessions',
  password: 'staffAccount.donePassword',
  role: 'staffAccount.doneRole',
  address: 'staffAccount.doneAddress',
  profile: 'staffAccount.doneProfile',
  memorial: 'staffAccount.doneMemorial',
  unmemorial: 'staffAccount.doneUnmemorial',
  purge: 'staffAccount.donePurge',
  unchanged: 'staffAccount.doneUnchanged',
} as const satisfies Record<string, MessageKey>

export type Done = keyof typeof notes

/** What lifting a strike did. */
export const doneByLifting = {
  none: 'unwarn',
  sensitive: 'unsensitive',
  silence: 'unlimit',
  disable: 'enable',
  suspend: 'unsuspend',
  mark_statuses_as_sensitive: 'unmark',
  delete_statuses: 'undelete',
} as const satisfies Record<StrikeLine['action'], Done>

/** What the form before did, by the parameter of the page. */
export const DoneNote: FC<{ done: string | undefined; account: StaffAccount }> = ({ done, account }) => {
  const { t } = useMessages()
  if (!done || !Object.hasOwn(notes, done)) return null
  return <NoticeBox kind={done === 'unchanged' ? 'plain' : 'good'}>{t(noteOf(done as Done, account))}</NoticeBox>
}

/** Actions on accounts of other servers differ in what they do, and a rule about the server may hold on. */
function noteOf(done: Done, { domain, suspendedAt, silencedAt }: StaffAccount): MessageKey {
  if ((done === 'unsuspend' && suspendedAt) || (done === 'unlimit' && silencedAt)) return 'staffAccount.doneStillRuled'
  if (domain === null) return notes[done]
  if (done === 'suspend') return 'staffAccount.doneSuspendRemote'
  if (done === 'unsuspend') return 'staffAccount.doneUnsuspendRemote'
  if (done === 'unsensitive') return 'staffAccount.doneUnsensitiveRemote'
  return done === 'undelete' ? 'staffAccount.doneUndeleteRemote' : notes[done]
}
