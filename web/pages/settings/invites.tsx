import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { type OwnInvite, listOwnInvites } from '#src/accounts/invites/list.ts'
import { dayChoices, makeInvite, maxInviteNote, revokeInvite, useChoices } from '#src/accounts/invites/manage.ts'
import { mayApprove, mayInvite } from '#src/accounts/invites/permission.ts'
import { notFound, type Refusal } from '#src/platform/errors.ts'
import { type InviteId, isId } from '#src/platform/ids.ts'
import { loadSettings } from '#src/rules/settings.ts'
import { Check, Field, Form, NoticeBox, Refused } from '../../components/form.tsx'
import { InviteFacts } from '../../components/invite-facts.tsx'
import { useMessages, usePage } from '../../components/page-context.ts'
import { pageOf, Pagination } from '../../components/pagination.tsx'
import { fullTime } from '../../components/time.tsx'
import type { C, Env } from '../../env.ts'
import { refusalOf } from '../../forms.ts'
import { requireViewer, viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { Choice } from './choice.tsx'
import { SettingsHead } from './tabs.tsx'

/** The form's words; `any` stands for no limit. */
type Values = { uses: string; days: string; follows: boolean; note: string }
const usual: Values = { uses: '1', days: '7', follows: false, note: '' }

/** A person's invitations. */
export const inviteSettings = new Hono<Env>()
  .get('/settings/invites', requireViewer, (c) => invitesPage(c, usual))
  .post('/settings/invites', requireViewer, async (c) => {
    const { app, form } = c.var
    const values: Values = {
      uses: form.text('uses'),
      days: form.text('days'),
      follows: form.isChecked('follows'),
      note: form.text('note'),
    }
    const input = { ...values, maxUses: toNumber(values.uses), days: toNumber(values.days) }
    const refusal = await refusalOf(() => makeInvite(app, viewerOf(c), input))
    return refusal ? invitesPage(c, values, refusal) : c.redirect('/settings/invites?made=1', 303)
  })
  .post('/settings/invites/:id/revoke', requireViewer, async (c) => {
    const id = c.req.param('id')
    if (!isId(id)) throw notFound()
    await c.var.app.db.transaction((tx) => revokeInvite(tx, viewerOf(c).accountId, id as InviteId))
    return c.redirect('/settings/invites', 303)
  })

/** A number of the form; null for no limit, and NaN for anything else, which is none of the choices. */
const toNumber = (text: string): number | null => (text === 'any' ? null : Number(text || Number.NaN))

async function invitesPage(c: C, values: Values, refusal: Refusal | null = null): Promise<Response> {
  const { app, messages } = c.var
  const { t } = messages
  const { accountId, permissions } = viewerOf(c)
  const wanted = pageOf(c)
  const [settings, invites] = await Promise.all([
    loadSettings(app.db),
    listOwnInvites(app.db, app.secrets, accountId, wanted),
  ])
  const isClosed = settings.registrations === 'closed'
  const may = mayInvite(settings, permissions)
  return page(
    c,
    t('invites.title'),
    <>
      <SettingsHead here="/settings/account" />
      {c.req.query('made') && !refusal && <NoticeBox kind="good">{t('invites.made')}</NoticeBox>}
      {may ? (
        <MakeForm
          values={values}
          refusal={refusal}
          effect={settings.registrations !== 'approval' ? null : mayApprove(permissions) ? 'leadStaff' : 'leadApproval'}
        />
      ) : (
        <div class="sheet">
          <Refused refusal={refusal} />
          <p>{t(isClosed ? 'invites.closed' : 'invites.mayNot')}</p>
        </div>
      )}
      <section class="sheet" aria-labelledby="invites">
        <h2 id="invites">{t('invites.here')}</h2>
        {invites.length === 0 && <p class="hint">{t('invites.hereEmpty')}</p>}
        <ul class="invites">
          {invites.map((invite) => (
            <Entry invite={invite} isUsable={may && invite.isLive} />
          ))}
        </ul>
      </section>
      <Pagination path="/settings/invites" page={wanted} cursors={invites.map(({ id }) => id)} />
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

const MakeForm: FC<{ values: Values; refusal: Refusal | null; effect: 'leadStaff' | 'leadApproval' | null }> = ({
  values,
  refusal,
  effect,
}) => {
  const { t } = useMessages()
  const problems = refusal?.problems ?? []
  return (
    <Form action="/settings/invites" class="sheet" label={t('invites.new')}>
      <h2>{t('invites.new')}</h2>
      <Refused refusal={refusal} />
      <p>
        {t('invites.lead')} {effect && t(`invites.${effect}`)}
      </p>
      <div class="pairs">
        <Choice
          name="uses"
          label={t('invites.uses')}
          value={values.uses}
          options={useChoices.map((uses) =>
            uses === null ? ['any', t('invites.any')] : [String(uses), t('invites.usesOption', { uses })],
          )}
          problems={problems}
        />
        <Choice
          name="days"
          label={t('invites.days')}
          value={values.days}
          options={dayChoices.map((days) =>
            days === null ? ['any', t('invites.neverOption')] : [String(days), t('invites.daysOption', { days })],
          )}
          problems={problems}
        />
      </div>
      <Check name="follows" label={t('invites.follows')} checked={values.follows} />
      <Field
        name="note"
        label={t('invites.note')}
        value={values.note}
        maxlength={maxInviteNote}
        hint={t('invites.noteHint')}
        problems={problems}
      />
      <div class="buttons">
        <button type="submit" class="button">
          {t('invites.make')}
        </button>
      </div>
    </Form>
  )
}

/** @param isUsable whether the link lets somebody in at present */
const Entry: FC<{ invite: OwnInvite; isUsable: boolean }> = ({ invite, isUsable }) => {
  const { origin } = usePage()
  const { t } = useMessages()
  return (
    <li>
      {invite.note && <h3 dir="auto">{invite.note}</h3>}
      {isUsable && invite.code && (
        <input
          type="text"
          class="invite-link"
          value={`${origin}/invite/${invite.code}`}
          readonly
          aria-label={t('invites.code')}
        />
      )}
      <InviteFacts invite={invite} />
      {invite.isLive && (
        <Form action={`/settings/invites/${invite.id}/revoke`}>
          <button
            type="submit"
            class="button button-quiet button-small"
            aria-label={t('invites.revokeNamed', { moment: fullTime(invite.createdAt) })}
          >
            {t('invites.revoke')}
          </button>
        </Form>
      )}
    </li>
  )
}
