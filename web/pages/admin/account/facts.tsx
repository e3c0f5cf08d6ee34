import type { Child, FC } from 'hono/jsx'
import { webUrl } from '#src/platform/web-url.ts'
import { acctOf } from '#src/text/acct.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { Avatar, headerUrl, profilePath } from '../../../components/account.tsx'
import { EmojiText } from '../../../components/emoji.tsx'
import { Action, Form } from '../../../components/form.tsx'
import { Html, InlineHtml } from '../../../components/html.tsx'
import { useMessages, usePage } from '../../../components/page-context.ts'
import { RoleBadge } from '../../../components/role-badge.tsx'
import { Moment } from '../../../components/time.tsx'
import { badgesOf } from '../accounts/list.tsx'
import type { PartProps } from './parts.ts'

/** What is in force, what that does to the person and to other servers, and how it ends. */
export const State: FC<PartProps> = ({ overview: { account, canAct, rule }, path, may }) => {
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
  if (account.sensitizedAt)
    lines.push([
      isRemote ? 'staffAccount.state_sensitiveRemote' : 'staffAccount.state_sensitive',
      ['unsensitive', 'staffAccount.unsensitive'],
    ])
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
            {t(`staffAccount.rule_${rule.severity}`)}
            {may('manage_federation') && domain && (
              <>
                {' '}
                · <a href={`/admin/servers?${new URLSearchParams({ host: domain })}`}>{t('staffAccount.ruleLink')}</a>
              </>
            )}
          </li>
        )}
      </ul>
      {canAct && may('manage_users') && lines.some(([, undo]) => undo) && (
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
          {user && !user.isApproved && <Reject id={account.id} isConfirmed={user.isConfirmed} />}
        </div>
      )}
    </>
  )
}

/** Leads to the page on which an applicant is rejected, as it asks for a text. */
const Reject: FC<{ id: string; isConfirmed: boolean }> = ({ id, isConfirmed }) => {
  const { t } = useMessages()
  return (
    <Form action="/admin/applicants" label={t('staffAccount.reject')}>
      <input type="hidden" name="list" value={isConfirmed ? 'confirmed' : 'unconfirmed'} />
      <button type="submit" name="answer" value={`reject ${id}`} class="button button-quiet">
        {t('staffAccount.reject')}
      </button>
    </Form>
  )
}

/** The person or server behind it, and where to look further. */
export const Facts: FC<PartProps> = (props) => {
  const { t } = useMessages()
  const { overview, path, may } = props
  const { account } = overview
  const { user } = account
  const links: (readonly [href: string, label: string])[] = [
    [profilePath(account), t('staffAccount.profile')],
    ...(user && may('manage_users')
      ? ([
          [`${path}/security`, t('staffAccount.security')],
          [`${path}/private`, t('staffAccount.private')],
        ] as const)
      : []),
    ...(!user && may('manage_users') ? ([[`${path}/private`, t('staffAccount.private')]] as const) : []),
  ]
  return (
    <>
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
        {factsOf(props).map((fact) => (
          <li>{fact}</li>
        ))}
      </ul>
      <Addresses {...props} />
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

/** The profile as everybody sees it, also while a suspension hides it. */
export const Profile: FC<PartProps> = ({ overview: { account, view, role } }) => {
  const { remoteFile } = usePage()
  const { t } = useMessages()
  const header = headerUrl(view, remoteFile)
  const badges = badgesOf(account)
  return (
    <>
      <p class="report-target">
        <Avatar account={view} />
        <span>
          {account.displayName && (
            <strong>
              <bdi>
                <EmojiText text={account.displayName} emojis={view.emojis} />
              </bdi>
            </strong>
          )}{' '}
          <bdi class="handle">@{acctOf(account)}</bdi> {role && role.name !== '' && <RoleBadge role={role} />}
        </span>
      </p>
      {badges.length > 0 && (
        <p class="account-badges">
          {badges.map((badge) => (
            <span class="tag tag-warm">{t(`accountList.${badge}`)}</span>
          ))}
        </p>
      )}
      {header && <img class="account-header" src={header} alt={t('staffAccount.header')} loading="lazy" />}
      {view.note && <Html html={view.note} isOwn={view.isLocal} emojis={view.emojis} />}
      {view.fields.length > 0 && (
        <dl class="fields">
          {view.fields.map(({ name, value, verifiedAt }) => (
            <div class={verifiedAt ? 'verified' : undefined}>
              <dt dir="auto">
                <EmojiText text={name} emojis={view.emojis} />
              </dt>
              <dd dir="auto">
                <InlineHtml html={value} isOwn={view.isLocal} emojis={view.emojis} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  )
}

function factsOf({ overview, may }: PartProps): Child[] {
  const { t, rich } = useMessages()
  const { formats } = usePage()
  const { account, inviter, signUpApp, invited, sessions, followersHere, followsHere, fetchedAt } = overview
  const { user, username, url } = account
  const original = user ? null : webUrl(url)
  // Who handles reports alone needs no mail addresses.
  const email = may('manage_users') ? user?.email : undefined
  const confirmed = user?.isConfirmed ? 'staffAccount.emailConfirmed' : 'staffAccount.emailUnconfirmed'
  return [
    rich(user ? 'staffAccount.signedUp' : 'staffAccount.known', {
      time: <Moment at={user?.createdAt ?? account.createdAt} />,
    }),
    email !== undefined && rich(confirmed, { email: <bdi>{email}</bdi> }),
    user && t(user.hasSecondFactor ? 'staffAccount.hasFactor' : 'staffAccount.hasNoFactor'),
    user?.lastActiveDay &&
      t('staffAccount.lastActive', { day: formats.day(new Date(`${user.lastActiveDay}T00:00:00Z`)) }),
    user && t('staffAccount.device', { count: sessions }),
    signUpApp && t('staffAccount.signUpApp', { app: signUpApp }),
    inviter && t('staffAccount.invitedBy', { name: `@${inviter}` }),
    invited > 0 && (
      <a href={`/admin/accounts?${new URLSearchParams({ invited_by: username })}`}>
        {t('staffAccount.invited', { count: invited })}
      </a>
    ),
    t('staffAccount.posted', { count: account.statusesCount }),
    t('staffAccount.followed', { count: account.followersCount }),
    !user && t('staffAccount.followersHere', { count: followersHere }),
    !user && t('staffAccount.followsHere', { count: followsHere }),
    fetchedAt && rich('staffAccount.fetched', { time: <Moment at={fetchedAt} /> }),
    original && (
      <a href={original} rel="nofollow noopener noreferrer">
        {t('staffAccount.original')}
      </a>
    ),
  ].filter(Boolean)
}

/** The addresses of its clients, and how many others used them; only for staff who may see addresses. */
const Addresses: FC<PartProps> = ({ overview: { addresses }, may }) => {
  const { t } = useMessages()
  if (addresses.length === 0) return null
  return (
    <>
      <h3>{t('staffAccount.addresses')}</h3>
      <ul class="bullets">
        {addresses.map(({ address, usedAt, others }) => {
          const words = t('staffAccount.addressOthers', { count: others })
          return (
            <li>
              <bdi>{address}</bdi> · <Moment at={usedAt} /> ·{' '}
              {others > 0 && may('manage_users') ? (
                <a href={`/admin/accounts?${new URLSearchParams({ address })}`}>{words}</a>
              ) : (
                words
              )}
            </li>
          )
        })}
      </ul>
    </>
  )
}
