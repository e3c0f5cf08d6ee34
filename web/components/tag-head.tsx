import type { FC } from 'hono/jsx'
import type { TagDetails } from '#src/reading/tags/views.ts'
import { Action } from './form.tsx'
import { useFormats, useMessages, usePage } from './page-context.ts'
import { Plot } from './plot.tsx'
import { Day } from './time.tsx'

/** The buttons to follow a hashtag and to feature it on one's profile; nothing for visitors. */
export const TagActions: FC<{ path: string; tag: TagDetails }> = ({ path, tag }) => {
  const { me, messages } = usePage()
  const { t } = messages
  if (!me) return null
  const name = `#${tag.displayName}`
  return (
    <div class="buttons">
      <Action
        action={`${path}/${tag.isFollowed ? 'unfollow' : 'follow'}`}
        label={t(tag.isFollowed ? 'tags.unfollowNamed' : 'tags.followNamed', { tag: name })}
        class={tag.isFollowed ? 'button button-quiet' : 'button'}
      >
        {t(tag.isFollowed ? 'tags.unfollow' : 'tags.follow')}
      </Action>
      <Action
        action={`${path}/${tag.isFeatured ? 'unfeature' : 'feature'}`}
        label={t(tag.isFeatured ? 'tags.unfeature' : 'tags.feature')}
        class="button button-quiet"
      >
        {t(tag.isFeatured ? 'tags.unfeature' : 'tags.feature')}
      </Action>
    </div>
  )
}

/** How often a hashtag was used on each of the last days; nothing if it was not. */
export const TagUse: FC<{ history: TagDetails['history'] }> = ({ history }) => {
  const { t } = useMessages()
  const { number } = useFormats()
  const days = history.toReversed()
  const uses = days.reduce((sum, day) => sum + day.uses, 0)
  if (uses === 0) return null
  return (
    <details class="sheet tag-use">
      <summary>{t('tags.uses', { count: uses, days: days.length })}</summary>
      <Plot title={t('tags.usesTitle')} values={days.map((day) => day.uses)} days={days.map(({ day }) => day)} />
      <div class="table-scroll" tabindex={0} role="region" aria-label={t('tags.usesTitle')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('tags.day')}</th>
              <th scope="col">{t('tags.posts')}</th>
              <th scope="col">{t('tags.people')}</th>
            </tr>
          </thead>
          <tbody>
            {history.map((day) => (
              <tr>
                <th scope="row">
                  <Day day={day.day} />
                </th>
                <td>{number(day.uses)}</td>
                <td>{number(day.accounts)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  )
}
