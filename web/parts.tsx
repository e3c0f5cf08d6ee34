/** Answers to scripts, which replace the changed parts of their page instead of loading it again. */
import { loadAccountViews } from '#src/accounts/views.ts'
import type { AccountId, StatusId } from '#src/platform/ids.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { FollowButton } from './components/account.tsx'
import { Poll } from './components/poll.tsx'
import { MoreActions, Relation } from './components/profile-head.tsx'
import { Reactions } from './components/reactions.tsx'
import { Actions } from './components/status-actions.tsx'
import type { C } from './env.ts'
import { fragment } from './page.tsx'

/** The parts of a post that an action changes: its buttons, and its poll. `at` is the element that the page returns to. */
export async function statusParts(c: C, id: StatusId, at: string | null): Promise<Response> {
  const status = await loadStatusView(c.var.app.db, c.var.session.viewer?.accountId ?? null, id)
  return fragment(
    c,
    status && (
      <>
        <Actions status={status} at={at ?? undefined} />
        <Reactions status={status} at={at ?? undefined} isAnswer />
        {status.poll && <Poll status={status} poll={status.poll} />}
      </>
    ),
  )
}

/** The parts that an action on an account changes: the buttons, and the text about the two accounts. */
export async function accountParts(c: C, id: AccountId): Promise<Response> {
  const { db } = c.var.app
  const viewer = c.var.session.viewer?.accountId
  const [[account], [relationship]] = await Promise.all([
    loadAccountViews(db, [id]),
    viewer ? loadRelationships(db, viewer, [id]) : [],
  ])
  return fragment(
    c,
    account && relationship && (
      <>
        <FollowButton account={account} relationship={relationship} />
        <Relation relationship={relationship} />
        <MoreActions account={account} relationship={relationship} />
      </>
    ),
  )
}
