import type { FC } from 'hono/jsx'
import { Avatar, Handle, Name, nameOf, profilePath } from './account.tsx'
import { Action } from './form.tsx'
import { useMessages, usePage } from './page-context.ts'

/** Characters of an announcement that the column shows. */
const excerptLength = 240

/** The parts of the right column that change: an announcement, trends, and people to follow. */
export const RailParts: FC = () => (
  <>
    <RailAnnouncement />
    <RailTrends />
    <RailPeople />
  </>
)

/** The newest announcement that the person has not dismissed. Home shows it above the posts. */
const RailAnnouncement: FC = () => {
  const { me, here, rail } = usePage()
  const { t } = useMessages()
  const newest = me?.announcements[0]
  if (!rail || !newest || /^\/(announcements)?(\?|$)/.test(here)) return null
  const { text } = newest
  return (
    <section class="rail-part" aria-labelledby="rail-announcement">
      <h2 id="rail-announcement">{t('rail.announcement')}</h2>
      <p dir="auto">
        <bdi>{text.length > excerptLength ? `${text.slice(0, excerptLength).trimEnd()}…` : text}</bdi>
      </p>
      <p>
        <a href="/announcements">{t('rail.announcements')}</a>
      </p>
    </section>
  )
}

const RailTrends: FC = () => {
  const { rail } = usePage()
  const { t } = useMessages()
  if (!rail || rail.tags.length === 0) return null
  return (
    <section class="rail-part" aria-labelledby="rail-trends">
      <h2 id="rail-trends">{t('rail.trends')}</h2>
      <ul>
        {rail.tags.map(({ name, displayName, people }) => (
          <li>
            <a href={`/tags/${encodeURIComponent(name)}`}>
              <bdi>#{displayName}</bdi>
            </a>
            <span class="hint">{t('rail.people', { people })}</span>
          </li>
        ))}
      </ul>
      <p>
        <a href="/explore/tags">{t('rail.moreTrends')}</a>
      </p>
    </section>
  )
}

const RailPeople: FC = () => {
  const { me, here, rail } = usePage()
  const { t } = useMessages()
  // Home offers the same people to those who follow nobody yet.
  const isOnHome = me?.account.followingCount === 0 && /^\/(\?|$)/.test(here)
  if (!rail || rail.people.length === 0 || isOnHome) return null
  return (
    <section class="rail-part" aria-labelledby="rail-people">
      <h2 id="rail-people">{t('rail.suggestions')}</h2>
      <PeopleToFollow />
      <p>
        <a href="/explore/people">{t('rail.morePeople')}</a>
      </p>
    </section>
  )
}

/** A few suggested people with a button to follow each. */
export const PeopleToFollow: FC = () => {
  const { rail } = usePage()
  const { t } = useMessages()
  if (!rail || rail.people.length === 0) return null
  return (
    <ul class="few-people">
      {rail.people.map((account) => (
        <li>
          <a href={profilePath(account)} class="person-link">
            <Avatar account={account} size="small" />
            <span class="person-names">
              <Name account={account} />
              <Handle account={account} />
            </span>
          </a>
          <span class="follow" data-part={`f${account.id}`}>
            <Action
              action={`/accounts/${account.id}/follow`}
              label={t('rail.followPerson', { name: nameOf(account) })}
              class="button button-quiet"
            >
              {t('profile.follow')}
            </Action>
          </span>
        </li>
      ))}
    </ul>
  )
}
