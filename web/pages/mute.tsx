import { Hono } from 'hono'
import type { AccountView } from '#src/accounts/views.ts'
import { Refusal } from '#src/platform/errors.ts'
import { type MuteOptions, mute } from '#src/relationships/mute.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { problemWith } from '#src/text/refusals.ts'
import { nameOf, profilePath } from '../components/account.tsx'
import { Check, Form, NoticeBox, Refused, Select } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { Muted } from '../components/muted.tsx'
import type { C, Env } from '../env.ts'
import { ownPath, refusalOf } from '../forms.ts'
import { backTo, requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'
import { somebodyElse } from './somebody-else.ts'

/** For how long people mute, in seconds; 0: for ever. */
const durations: readonly (readonly [seconds: number, key: MessageKey, count: number])[] = [
  [0, 'relations.forEver', 0],
  [1_800, 'relations.minutes', 30],
  [3_600, 'relations.hours', 1],
  [21_600, 'relations.hours', 6],
  [86_400, 'relations.days', 1],
  [259_200, 'relations.days', 3],
  [604_800, 'relations.days', 7],
  [2_592_000, 'relations.days', 30],
]

/** The page on which a person chooses how to mute somebody. */
export const mutes = new Hono<Env>()
  .get('/accounts/:id/mute', requireViewer, async (c) => mutePage(c, await somebodyElse(c, c.req.param('id'))))
  .post('/accounts/:id/mute', requireViewer, async (c) => {
    const target = await somebodyElse(c, c.req.param('id'))
    const refusal = await refusalOf(async () => {
      const options = optionsOf(c)
      await c.var.app.db.transaction((tx) => mute(tx, viewerOf(c).accountId, target.id, options))
    })
    return refusal ? mutePage(c, target, refusal) : backTo(c, profilePath(target))
  })

/** @throws Refusal `invalid` for a duration that is not offered */
function optionsOf(c: C): MuteOptions {
  const { form } = c.var
  const wanted = form.text('duration')
  const duration = durations.find(([seconds]) => String(seconds) === wanted)
  if (!duration) {
    const problem = problemWith('duration', 'ERR_INCLUSION', 'notOffered')
    throw new Refusal('invalid', problem.message, [problem])
  }
  return { durationSeconds: duration[0], hidesNotifications: form.isChecked('notifications') }
}

async function mutePage(c: C, target: AccountView, refusal: Refusal | null = null): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const [relationship] = await loadRelationships(app.db, viewerOf(c).accountId, [target.id])
  const isMuting = relationship?.muting === true
  const title = t('relations.muteTitle', { name: nameOf(target) })
  const back = ownPath(refusal ? form.text('return_to') : (c.req.query('return_to') ?? ''), profilePath(target))
  return page(
    c,
    { title, isPrivate: true },
    <>
      <Head title={title} />
      <Form action={`/accounts/${target.id}/mute`} class="sheet" label={title}>
        <Refused refusal={refusal} />
        {isMuting && (
          <NoticeBox>
            <Muted until={relationship.mutingExpiresAt} />
          </NoticeBox>
        )}
        <p>{t('relations.muteLead', { name: `@${target.acct}` })}</p>
        <input type="hidden" name="return_to" value={back} />
        <Select
          name="duration"
          label={t('relations.duration')}
          value={refusal ? form.text('duration') : '0'}
          options={durations.map(([seconds, key, count]) => [String(seconds), t(key, { count })])}
          problems={refusal?.problems ?? []}
        />
        <Check
          name="notifications"
          label={t('relations.muteNotifications')}
          hint={t('relations.muteNotificationsHint')}
          checked={refusal ? form.isChecked('notifications') : !isMuting || relationship.mutingNotifications}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('profile.mute')}
          </button>
          <a href={back} class="button button-quiet">
            {t('relations.leave')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
