import { Hono } from 'hono'
import { loadAccountViews } from '#src/accounts/views.ts'
import { familiarFollowers } from '#src/relationships/familiar-followers.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { AccountRow, nameOf, profilePath } from '../../components/account.tsx'
import { Tabs } from '../../components/layout.tsx'
import { isCovered } from '../../components/limited-profile.tsx'
import { ProfileHead } from '../../components/profile-head.tsx'
import type { Env } from '../../env.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { coveredPage, loadShown } from '../profile.tsx'
import { profileTabs } from './tabs.ts'

/** The followers of an account whom the viewer follows, too. */
export const familiarPages = new Hono<Env>().get('/:at{@[^/]+}/familiar_followers', requireViewer, async (c) => {
  const { db } = c.var.app
  const { accountId } = viewerOf(c)
  const { account, relationship } = await loadShown(c)
  if (isCovered(c, { account, relationship })) return coveredPage(c, { account, relationship })
  const [found] = await familiarFollowers(db, accountId, [account.id])
  const ids = found?.followers ?? []
  const [people, relationships] = await Promise.all([loadAccountViews(db, ids), loadRelationships(db, accountId, ids)])
  const { t } = c.var.messages
  const title = t('relations.familiarTitle', { name: nameOf(account) })
  return page(
    c,
    { title, isPrivate: true },
    <>
      <ProfileHead account={account} relationship={relationship} />
      <Tabs label={t('profile.tabs')} here={profilePath(account)} tabs={await profileTabs(c, account)} />
      <h2 class="section-title">{title}</h2>
      {people.length > 0 ? (
        <div class="people">
          {people.map((person) => (
            <AccountRow account={person} relationship={relationships.find(({ id }) => id === person.id)} />
          ))}
        </div>
      ) : (
        <div class="empty">{t('relations.familiarNone', { name: nameOf(account) })}</div>
      )}
    </>,
  )
})
