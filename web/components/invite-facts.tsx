import type { FC } from 'hono/jsx'
import type { InviteView } from '#src/accounts/invites/list.ts'
import { useMessages } from './page-context.ts'
import { Moment } from './time.tsx'

/** How often an invitation was used, how long it is valid, and the names of the people who came by it. */
export const InviteFacts: FC<{ invite: InviteView }> = ({ invite }) => {
  const { t, rich } = useMessages()
  const { uses, maxUses, expiresAt, createdAt, people } = invite
  return (
    <>
      <p class="draft-notes hint">
        <span>{maxUses === null ? t('invites.used', { uses }) : t('invites.usedOf', { uses, max: maxUses })}</span>
        <span>
          {!invite.isLive
            ? t('invites.ended')
            : expiresAt
              ? rich('invites.expires', { moment: <Moment at={expiresAt} /> })
              : t('invites.never')}
        </span>
        {invite.follows && <span>{t('invites.followsNote')}</span>}
        <span>{rich('invites.since', { moment: <Moment at={createdAt} /> })}</span>
      </p>
      {people.length > 0 && (
        <p>
          {t('invites.people')}{' '}
          {people.map((name, i) => (
            <>
              {i > 0 && ' '}
              <a href={`/@${name}`}>
                <bdi class="handle">@{name}</bdi>
              </a>
            </>
          ))}
        </p>
      )}
    </>
  )
}
