import type { FC } from 'hono/jsx'
import type { OpenInvite } from '#src/accounts/invites/use.ts'
import { type AccountView, loadAccountViews } from '#src/accounts/views.ts'
import type { Reader } from '#src/platform/db/index.ts'
import type { InstanceSettings } from '#src/rules/settings.ts'
import { Avatar, Handle, Name, profilePath } from './account.tsx'
import { useMessages } from './page-context.ts'

/** An invitation with the person who made it. */
export type Invitation = OpenInvite & { maker: AccountView }

export async function withMaker(db: Reader, invite: OpenInvite | null): Promise<Invitation | null> {
  const [maker] = invite ? await loadAccountViews(db, [invite.makerId]) : []
  return invite && maker ? { ...invite, maker } : null
}

/** Who invites, and what follows from signing up by the invitation. */
export const Inviter: FC<{
  invitation: Invitation
  server: string
  registrations: InstanceSettings['registrations']
}> = ({ invitation: { maker, isByStaff, follows }, server, registrations }) => {
  const { t, rich } = useMessages()
  const name = <Handle account={maker} />
  return (
    <section class="sheet inviter" aria-label={t('invites.by', { name: maker.username })}>
      <a href={profilePath(maker)} class="person-link">
        <Avatar account={maker} />
        <span class="person-names">
          <Name account={maker} />
          <Handle account={maker} />
        </span>
      </a>
      <p class="lead">{rich('invites.from', { name, server: <bdi>{server}</bdi> })}</p>
      <ul>
        {registrations === 'approval' && isByStaff && <li>{t('invites.byStaff')}</li>}
        {follows && <li>{rich('invites.follow', { name })}</li>}
        <li>{rich('invites.seen', { name })}</li>
      </ul>
    </section>
  )
}
