import type { FC } from 'hono/jsx'
import { NoticeBox } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'

const notes = {
  assign: 'reports.doneAssign',
  unassign: 'reports.doneUnassign',
  resolve: 'reports.doneResolve',
  reopen: 'reports.doneReopen',
  forward: 'reports.doneForward',
  answer: 'reports.doneAnswer',
  change: 'reports.doneChange',
  note: 'reports.doneNote',
  unnote: 'reports.doneUnnote',
  act: 'reports.doneAct',
  already: 'reports.doneAlready',
  'already-posts': 'reports.doneAlreadyPosts',
} as const

export type Done = keyof typeof notes

/** What the form before did, by the parameter of the page. */
export const DoneNote: FC<{ done: string | undefined }> = ({ done }) => {
  const { t } = useMessages()
  if (!done || !Object.hasOwn(notes, done)) return null
  return <NoticeBox kind={done.startsWith('already') ? 'plain' : 'good'}>{t(notes[done as Done])}</NoticeBox>
}
