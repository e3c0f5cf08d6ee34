import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import { webUrl } from '#src/platform/web-url.ts'
import { shownHost } from '#src/text/acct.ts'
import { useMessages } from './page-context.ts'

/** That a list of a remote account has only what this server knows, with the way to all of it. */
export const OnlyKnownHere: FC<{ account: AccountView; what: 'posts' | 'followers' | 'following' }> = ({
  account,
  what,
}) => {
  const { rich } = useMessages()
  const url = account.isLocal ? null : webUrl(account.url)
  if (!url) return null
  return (
    <p class="only-here">
      {rich('relations.onlyHere', {
        what,
        host: shownHost(account.domain ?? ''),
        a: (words) => (
          <a href={url} rel="nofollow noopener noreferrer" target="_blank">
            {words}
          </a>
        ),
      })}
    </p>
  )
}
