import type { FC } from 'hono/jsx'
import { parseHandle } from '#src/platform/handle.ts'
import { misunderstood, parsePostQuery } from '#src/statuses/search/query.ts'
import { useMessages, usePage } from '../components/page-context.ts'

type Props = { text: string; kind: 'accounts' | 'statuses' | 'hashtags' | null }

/** Why a search found nothing, as far as the query tells. */
export const WhyNothing: FC<Props> = ({ text, kind }) => {
  const { me, here } = usePage()
  const { t, rich } = useMessages()
  const isAddress = /^https?:\/\//i.test(text) || Boolean(parseHandle(text)?.domain)
  const asks = (wanted: Props['kind']) => !isAddress && (kind === null || kind === wanted)
  const query = parsePostQuery(text)
  const odd = misunderstood(text)
  return (
    <div class="why-nothing">
      <p>{t('search.why')}</p>
      <ul>
        {!me && (
          <li>
            {rich('search.whyVisitor', {
              a: (words) => <a href={`/login?return_to=${encodeURIComponent(here)}`}>{words}</a>,
            })}
          </li>
        )}
        {me && isAddress && <li>{t('search.whyElsewhere')}</li>}
        {asks('accounts') && <li>{t('search.whyPeople')}</li>}
        {asks('hashtags') && <li>{t('search.whyTags')}</li>}
        {me && asks('statuses') && (
          <>
            {odd.length > 0 && (
              <li>
                {rich('search.whyNotUnderstood', {
                  count: odd.length,
                  parts: (
                    <code>
                      <bdi>{odd.join(' ')}</bdi>
                    </code>
                  ),
                })}
              </li>
            )}
            {query.from.length > 0 && <li>{t('search.whyFrom')}</li>}
            {(query.since ?? query.until) && <li>{t('search.whyDates')}</li>}
            <li>{rich('search.whyUnwilling', { a: (words) => <a href="/settings/profile">{words}</a> })}</li>
            <li>{t('search.whyKnown')}</li>
          </>
        )}
      </ul>
    </div>
  )
}
