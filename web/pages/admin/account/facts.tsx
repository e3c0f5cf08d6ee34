import type { Child, FC } from 'hono/jsx'
import type { AccountOverview } from '#src/moderation/accounts/overview.ts'
import { acctOf } from '#src/text/acct.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Avatar, profilePath } from '../../../components/account.tsx'
import { Action } from '../../../components/form.tsx'
import { useMessages, usePage } from '../../../components/page-context.ts'
import { RoleBadge } from '../../../components/role-badge.tsx'
import { Moment } from '../../../components/time.tsx'
import type { PartProps } from './parts.ts'

type Props = PartProps & { overview: AccountOverview }

/** What is in force, what that does to the person and to other servers, and how it ends. */
export const State: FC<Props> = ({ overview: { account, canAct, rule }, path }) => {
  const { t } = useMessages()
  const { formats } = usePage()
  const { user, domain } = account
  const isRemote = domain !== null
  const lines: [text: MessageKey, undo: [verb: string, label: MessageKey] | null][] = []
  if (account.suspendedAt) {
    const by = account.suspendedBy ?? 'moderator'
    lines.push(
      by === 'moderator'
        ? [
            isRemote ? 'staffAccount.state_suspendedRemote' : 'staffAccount.state_suspended',
            ['unsuspend', 'staffAccount.unsuspend'],
          ]
        : [by === 'domain' ? 'staffAccount.state_suspendedByRule' : 'staffAccount.state_suspendedByOrigin', null],
    )
  }
  if (account.silencedAt)
    lines.push(
      account.silencedBy === 'domain'
        ? ['staffAccount.state_silencedByRule', null]
        : ['staffAccount.state_silenced', ['unlimit', 'staffAccount.unlimit']],
    )
  if (account.sensitizedAt) lines.push(['staffAccount.state_sensitive', ['unsensitive', 'staffAccount.unsensitive']])
  if (user?.isDisabled) lines.push(['staffAccount.state_disabled', ['enable', 'staffAccount.enable']])
  if (account.isMemorial) lines.push(['staffAccount.state_memorial', null])
  if (user && !user.isConfirmed) lines.push(['staffAccount.state_unconfirmed', ['confirm', 'staffAccount.confirm']])
  if (user && !user.isApproved) lines.push(['staffAccount.state_pending', ['approve', 'staffAccount.approve']])
  if (lines.length === 0) lines.push(['staffAccount.state_none', null])
  return (
    <>
      <ul class="bullets">
        {lines.map(([text]) => (
          <li>{t(text)}</li>
        ))}
        {account.purgeAt && <li>{t('staffAccount.state_purge', { day: formats.day(account.purgeAt) })}</li>}
        {rule && (
          <li>
            {t(`staffAccount.rule_${rule.severity}`)} · <a href="/admin/servers">{t('staffAccount.ruleLink')}</a>
          </li>
        )}
      </ul>
      {canAct && lines.some(([, undo]) => undo) && (
        <div class="buttons">
          {lines.map(([, undo]) => {
            if (!undo) return null
            const label = t(undo[1])
            return (
              <Action action={`${path}/${undo[0]}`} label={label} class="button button-quiet">
                {label}
              </Action>
            )
          })}
        </div>
      )}
    </>
  )
}

/** Who it is. */
export const Facts: FC<Props> = ({ overview, path, may }) => {
  const { t, rich } = useMessages()
  const { formats } = usePage()
  const { account, view, bio, role, inviter, signUpApp, invited, sessions, addresses, followersHere, fetchedAt } =
    overview
  const { user } = account
  const facts: Child[] = [
    rich(user ? 'staffAccount.signedUp' : 'staffAccount.known', {
      time: <Moment at={user?.createdAt ?? account.createdAt} />,
    }),
    user &&
      rich(user.isConfirmed ? 'staffAccount.emailConfirmed' : 'staffAccount.emailUnconfirmed', {
        email: <bdi>{user.email}</bdi>,
      }),
    user && t(user.hasSecondFactor ? 'staffAccount.hasFactor' : 'staffAccount.hasNoFactor'),
    user?.lastActiveDay &&
      t('staffAccount.lastActive', { day: formats.day(new Date(`${user.lastActiveDay}T00:00:00Z`)) }),
    user && t('staffAccount.device', { count: sessions }),
    signUpApp && t('staffAccount.signUpApp', { app: signUpApp }),
    inviter && t('staffAccount.invitedBy', { name: `@${inviter}` }),
    invited > 0 && (
      <a href={`/admin/accounts?inviter=${account.username}`}>{t('staffAccount.invited', { count: invited })}</a>
    ),
    !user && t('staffAccount.followersHere', { count: followersHere }),
    fetchedAt && rich('staffAccount.fetched', { time: <Moment at={fetchedAt} /> }),
  ].filter(Boolean)
  const links: [href: string, label: string][] = [
    [profilePath(account), t('staffAccount.profile')],
    ...(user ? [[`${path}/security`, t('staffAccount.security')] as [string, string]] : []),
    [`${path}/private`, t('staffAccount.private')],
    ...(may('view_audit_log')
      ? [[`/admin/audit?target=${account.id}`, t('staffAccount.audit')] as [string, string]]
      : []),
  ]
  return (
    <>
      <p class="report-target">
        <Avatar account={view} />
        <span>
          {account.displayName && (
            <strong>
              <bdi>{account.displayName}</bdi>
            </strong>
          )}{' '}
          <bdi class="handle">@{acctOf(account)}</bdi> {role && role.name !== '' && <RoleBadge role={role} />}
        </span>
      </p>
      {bio !== '' && (
        <blockquote class="approval-text" dir="auto">
          {bio}
        </blockquote>
      )}
      {user?.signUpReason && (
        <>
          <h3>{t('staffAccount.signUpReason')}</h3>
          <blockquote class="approval-text" dir="auto">
            {user.signUpReason}
          </blockquote>
        </>
      )}
      <h3>{t('staffAccount.facts')}</h3>
      <ul class="applicant-facts">
        {facts.map((fact) => (
          <li>{fact}</li>
        ))}
      </ul>
      {addresses.length > 0 && (
        <>
          <h3>{t('staffAccount.addresses')}</h3>
          <ul class="bullets">
            {addresses.map(({ address, usedAt }) => (
              <li>
                <bdi>{address}</bdi> · <Moment at={usedAt} /> ·{' '}
                <a href={`/admin/accounts?address=${encodeURIComponent(address)}`}>
                  {t('staffAccount.addressesOthers')}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
      <ul class="applicant-facts">
        {links.map(([href, label]) => (
          <li>
            <a href={href}>{label}</a>
          </li>
        ))}
      </ul>
    </>
  )
}
