import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { staffMember } from '#src/accounts/roles/staff.ts'
import { createRole, deleteRole, editRole, listRoles, type ManagedRole, maxRoles } from '#src/moderation/roles.ts'
import { notFound } from '#src/platform/errors.ts'
import type { RoleId } from '#src/platform/ids.ts'
import { NoticeBox } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import { RoleBadge } from '../../../components/role-badge.tsx'
import type { C, Env } from '../../../env.ts'
import { refusalOf } from '../../../forms.ts'
import { requirePermission, requireProof, requireProofWithinHour, staffOf, viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { AdminHead } from '../tabs.tsx'
import { inputOf, newRolePage, path, rolePage } from './form.tsx'

const guard = requirePermission('manage_roles')

/** Roles: what members of staff may do, and what everybody may have. */
export const rolePages = new Hono<Env>()
  .get(path, guard, listPage)
  .get(`${path}/new`, guard, requireProof, (c) => newRolePage(c))
  .get(`${path}/:id`, guard, requireProof, (c) => rolePage(c, idOf(c)))
  .post(path, guard, requireProofWithinHour, async (c) => {
    const input = inputOf(c)
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction(async (tx) => createRole(tx, await staffOf(c, tx), input)),
    )
    return refusal ? newRolePage(c, { input, refusal }) : c.redirect(`${path}?done=made`, 303)
  })
  .post(`${path}/:id`, guard, requireProofWithinHour, async (c) => {
    const [id, input] = [idOf(c), inputOf(c)]
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction(async (tx) => editRole(tx, await staffOf(c, tx), id, input)),
    )
    return refusal ? rolePage(c, id, { input, refusal }) : c.redirect(`${path}?done=changed`, 303)
  })
  .post(`${path}/:id/delete`, guard, requireProof, async (c) => {
    const id = idOf(c)
    const refusal = await refusalOf(() =>
      c.var.app.db.transaction(async (tx) => deleteRole(tx, await staffOf(c, tx), id)),
    )
    return refusal ? rolePage(c, id, { refusal }) : c.redirect(`${path}?done=deleted`, 303)
  })

/** The id of everybody's role is negative. */
function idOf(c: C): RoleId {
  const id = c.req.param('id') ?? ''
  if (!/^-?\d{1,19}$/.test(id)) throw notFound()
  return id as RoleId
}

const notes = { made: 'roles.doneMade', changed: 'roles.doneChanged', deleted: 'roles.doneDeleted' } as const

async function listPage(c: C): Promise<Response> {
  const { db } = c.var.app
  const { t } = c.var.messages
  const roles = await listRoles(db, await staffMember(db, viewerOf(c).accountId))
  const done = c.req.query('done') ?? ''
  return page(
    c,
    t('roles.title'),
    <>
      <AdminHead here={path} />
      {Object.hasOwn(notes, done) && <NoticeBox kind="good">{t(notes[done as keyof typeof notes])}</NoticeBox>}
      <section class="sheet" aria-label={t('roles.title')}>
        <p>{t('roles.lead')}</p>
        <ul class="entries">
          {roles.map((role) => (
            <Entry role={role} />
          ))}
        </ul>
        {roles.length < maxRoles && (
          <div class="buttons">
            <a href={`${path}/new`} class="button">
              {t('roles.make')}
            </a>
          </div>
        )}
      </section>
    </>,
  )
}

const Entry: FC<{ role: ManagedRole }> = ({ role }) => {
  const { t } = useMessages()
  const { id, builtIn, holders, position, needsSecondFactor, isHighlighted, isChangeable, limits } = role
  const name = builtIn === 'user' ? t('roles.everybody') : role.name
  return (
    <li>
      <div>
        <h2 class="role-name">
          <RoleBadge role={{ ...role, name }} />
        </h2>
        <p class="hint">
          {[
            ...(holders === null ? [] : [t('roles.holders', { count: holders })]),
            ...(builtIn === 'user' ? [] : [t('roles.atPosition', { position })]),
            ...(isHighlighted ? [t('roles.shown')] : []),
            ...(needsSecondFactor ? [t('roles.secured')] : []),
            t('roles.limits', { collections: limits.maxCollections, invites: limits.maxInvites }),
          ].join(' · ')}
        </p>
      </div>
      {isChangeable && (
        <a href={`${path}/${id}`} class="button button-quiet" aria-label={t('roles.changeOf', { name })}>
          {t('roles.change')}
        </a>
      )}
    </li>
  )
}
