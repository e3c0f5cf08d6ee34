import type { FC } from 'hono/jsx'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import { familiarFollowers } from '#src/relationships/familiar-followers.ts'
import { Avatar, nameOf, profilePath } from '../../components/account.tsx'
import { useMessages } from '../../components/page-context.ts'
import type { C } from '../../env.ts'

/** People whose names are said; the others are counted. */
const named = 2

type FamiliarPeople = { first: AccountView[]; count: number }

/** The followers of an account that the viewer follows, too; null when there are none, and for the viewer's own account. */
export async function familiarPeople(c: C, account: AccountView): Promise<FamiliarPeople | null> {
  const { db } = c.var.app
  const viewer = c.var.session.viewer?.accountId
  if (!viewer || viewer === account.id) return null
  const [found] = await familiarFollowers(db, viewer, [account.id])
  if (!found || found.followers.length === 0) return null
  return { first: await loadAccountViews(db, found.followers.slice(0, named)), count: found.followers.length }
}

/** "Followed by A, B and 3 others you follow". */
export const Familiar: FC<{ account: AccountView; familiar: FamiliarPeople }> = ({
  account,
  familiar: { first, count },
}) => {
  const { rich } = useMessages()
  const [one, two] = first
  if (!one) return null
  return (
    <p class="familiar">
      <span class="familiar-faces">
        {first.map((person) => (
          <Avatar account={person} size="small" />
        ))}
      </span>
      <a href={`${profilePath(account)}/familiar_followers`}>
        {rich('relations.familiar', {
          one: <bdi>{nameOf(one)}</bdi>,
          two: <bdi>{two ? nameOf(two) : ''}</bdi>,
          has: two ? 'two' : 'one',
          others: count - first.length,
        })}
      </a>
    </p>
  )
}
