import type { FC } from 'hono/jsx'
import type { AccountView } from '#src/accounts/views.ts'
import type { SuggestionSource } from '#src/reading/suggestions/suggest.ts'
import type { RelationshipView } from '#src/relationships/views.ts'
import { htmlToText } from '#src/text/html/to-text.ts'
import { Avatar, FollowButton, Handle, Name, nameOf, profilePath } from './account.tsx'
import { Action } from './form.tsx'
import { useMessages } from './page-context.ts'

const reasons = {
  featured: 'discover.becauseFeatured',
  friends_of_friends: 'discover.becauseFriends',
  most_followed: 'discover.becauseFollowed',
} as const satisfies Record<SuggestionSource, string>

/** Characters of a biography that a list shows. */
const excerptLength = 200

type Props = {
  account: AccountView
  relationship?: RelationshipView | undefined
  /** Why the person is suggested; with it, the suggestion can be dismissed. */
  sources?: readonly SuggestionSource[]
}

/** A person whom the reader may not know: with the beginning of the biography, and why they are suggested. */
export const FoundPerson: FC<Props> = ({ account, relationship, sources }) => {
  const { t } = useMessages()
  const note = htmlToText(account.note).replace(/\s+/g, ' ').trim()
  return (
    <article class="person found-person" id={`person-${account.id}`}>
      <a href={profilePath(account)} class="person-link">
        <Avatar account={account} />
        <span class="person-names">
          <Name account={account} />
          <Handle account={account} />
        </span>
      </a>
      <FollowButton account={account} relationship={relationship} />
      {sources && (
        <Action
          action={`/suggestions/${account.id}/dismiss`}
          label={t('discover.dismissPerson', { name: nameOf(account) })}
          icon="cross"
          class="button-icon"
        />
      )}
      {note && (
        <p class="found-note" dir="auto">
          <bdi>{note.length > excerptLength ? `${note.slice(0, excerptLength).trimEnd()}…` : note}</bdi>
        </p>
      )}
      {sources && <p class="hint found-why">{sources.map((source) => t(reasons[source])).join(' ')}</p>}
    </article>
  )
}
