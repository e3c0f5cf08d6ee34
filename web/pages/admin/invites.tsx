import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { accountByHandle } from '#src/accounts/find.ts'
import { type InviteOfAnybody, invitersOf, listInvites } from '#src/accounts/invites/list.ts'
import { revokeInviteOfOther } from '#src/accounts/invites/manage.ts'
import { notFound } from '#src/platform/errors.ts'
import { type InviteId, isId } from '#src/platform/ids.ts'
import { Action } from '../../components/form.tsx'
import { InviteFacts } from '../../components/invite-facts.tsx'
import { useMessages } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import { fullTime } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { backTo, requirePermission, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { AdminHead } from './tabs.tsx'

/** Who invited whom: all invitations, or those of one person. */
export const allInvites = new Hono<Env>()
  .get('/admin/invites', requirePermission('manage_invites'), invitesPage)
  .post('/admin/invites/:id/revoke', requirePermission('manage_invites'), async (c) => {
    const id = c.req.param('id')
    if (!isId(id)) throw notFound()
    await c.var.app.db.transaction((tx) => revokeInviteOfOther(tx, viewerOf(c).accountId, id as InviteId))
    return backTo(c, '/admin/invites')
  })

async function invitesPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const wanted = pageOf(c)
  const name = (c.req.query('name') ?? '').trim().replace(/^@/, '').toLowerCase().slice(0, 30)
  const account = name === '' ? null : await accountByHandle(db, { username: name, domain: null })
  const [inviters, invites] = await Promise.all([
    account ? invitersOf(db, [account]) : null,
    name !== '' && !account ? [] : listInvites(db, account, wanted),
  ])
  const path = name === '' ? '/admin/invites' : `/admin/invites?${new URLSearchParams({ name })}`
  return page(
    c,
    t('invites.admin'),
    <>
      <AdminHead here="/admin/invites" />
      <form action="/admin/invites" class="sheet" aria-label={t('invites.adminFind')}>
        <div class="add-line">
          <div class="field">
            <label for="name">{t('invites.adminFind')}</label>
            <input id="name" name="name" value={name} maxlength={31} autocapitalize="none" dir="auto" />
          </div>
          <button type="submit" class="button button-quiet">
            {t('invites.adminFindButton')}
          </button>
        </div>
      </form>
      {name !== '' && (
        <p class="sheet">{account ? <InvitedBy inviter={inviters?.get(account)} /> : t('invites.adminUnknown')}</p>
      )}
      {invites.length === 0 && <div class="empty">{t('invites.adminEmpty')}</div>}
      <ul class="invites">
        {invites.map((invite) => (
          <Entry invite={invite} />
        ))}
      </ul>
      <Pagination path={path} page={wanted} cursors={invites.map(({ id }) => id)} />
    </>,
  )
}

const Entry: FC<{ invite: InviteOfAnybody }> = ({ invite }) => {
  const { t } = useMessages()
  return (
    <li class="sheet">
      <h2>
        <a href={`/admin/invites?${new URLSearchParams({ name: invite.maker })}`}>
          <bdi class="handle">@{invite.maker}</bdi>
        </a>
      </h2>
      <InviteFacts invite={invite} />
      {invite.isLive && (
        <div class="buttons">
          <Action
            action={`/admin/invites/${invite.id}/revoke`}
            label={t('invites.revokeNamed', { moment: fullTime(invite.createdAt) })}
            class="button button-quiet"
          >
            {t('invites.revoke')}
          </Action>
        </div>
      )}
    </li>
  )
}

const InvitedBy: FC<{ inviter: string | undefined }> = ({ inviter }) => {
  const { t, rich } = useMessages()
  if (!inviter) return <>{t('invites.adminNotInvited')}</>
  return (
    <>
      {rich('invites.adminInvited', {
        inviter: (
          <a href={`/admin/invites?${new URLSearchParams({ name: inviter })}`}>
            <bdi class="handle">@{inviter}</bdi>
          </a>
        ),
      })}
    </>
  )
}
