import { Hono } from 'hono'
import { Refusal } from '#src/platform/errors.ts'
import { type NotificationPolicy, loadPolicy, policyAnswers, savePolicy } from '#src/reading/notifications/policy.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { problemWith } from '#src/text/refusals.ts'
import { Form, NoticeBox, Refused } from '../../components/form.tsx'
import type { C, Env, Form as Sent } from '../../env.ts'
import { ownerOf, requireOwner } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { Choice } from './choice.tsx'
import { SettingsHead } from './tabs.tsx'

const path = '/settings/notifications'

type Rule = keyof NotificationPolicy

/** The rules in the order of the page, by the names of their fields, which are those of the API. */
const rules: Record<Rule, { field: string; label: MessageKey; hint: MessageKey | null }> = {
  forNotFollowing: { field: 'for_not_following', label: 'policy.notFollowing', hint: 'policy.notFollowingHint' },
  forNotFollowers: { field: 'for_not_followers', label: 'policy.notFollowers', hint: 'policy.notFollowersHint' },
  forNewAccounts: { field: 'for_new_accounts', label: 'policy.newAccounts', hint: 'policy.newAccountsHint' },
  forPrivateMentions: {
    field: 'for_private_mentions',
    label: 'policy.privateMentions',
    hint: 'policy.privateMentionsHint',
  },
  forLimitedAccounts: { field: 'for_limited_accounts', label: 'policy.limited', hint: 'policy.limitedHint' },
  forBots: { field: 'for_bots', label: 'policy.bots', hint: null },
}
const rulesInOrder = Object.entries(rules) as [Rule, (typeof rules)[Rule]][]

/** Whose notifications come through, wait among the requests, or are dropped. */
export const notificationSettings = new Hono<Env>()
  .get(path, requireOwner, (c) => policyPage(c))
  .post(path, requireOwner, async (c) => {
    const { app, form } = c.var
    const { policy, refusal } = policyOf(form)
    if (refusal) return policyPage(c, policy, refusal)
    await app.db.transaction((tx) => savePolicy(tx, ownerOf(c).accountId, policy))
    return c.redirect(`${path}?saved=1`, 303)
  })

/** The policy of a form, and a refusal if an answer is none of those that are offered. */
function policyOf(form: Sent): { policy: Partial<NotificationPolicy>; refusal: Refusal | null } {
  const given = rulesInOrder.map(([rule, { field }]) => {
    const answer = policyAnswers.find((one) => one === form.text(field))
    return { rule, field, answer }
  })
  const wrong = given.filter(({ answer }) => answer === undefined)
  const problems = wrong.map(({ field }) => problemWith(field, 'ERR_INCLUSION', 'notOffered'))
  return {
    policy: Object.fromEntries(given.flatMap(({ rule, answer }) => (answer ? [[rule, answer]] : []))),
    refusal: problems.length > 0 ? new Refusal('invalid', problems[0]?.message ?? '', problems) : null,
  }
}

async function policyPage(
  c: C,
  changes: Partial<NotificationPolicy> = {},
  refusal: Refusal | null = null,
): Promise<Response> {
  const { pendingRequests: waiting, ...stored } = await loadPolicy(c.var.app.db, ownerOf(c).accountId)
  const values = { ...stored, ...changes }
  const { t } = c.var.messages
  return page(
    c,
    t('policy.title'),
    <>
      <SettingsHead here={path} />
      {c.req.query('saved') && <NoticeBox kind="good">{t('common.saved')}</NoticeBox>}
      <Form action={path} class="sheet preferences" label={t('policy.title')}>
        <Refused refusal={refusal} />
        <fieldset>
          <legend>{t('policy.title')}</legend>
          <p class="hint">{t('policy.lead')}</p>
          {rulesInOrder.map(([rule, { field, label, hint }]) => (
            <Choice
              name={field}
              label={t(label)}
              value={values[rule]}
              options={policyAnswers.map((answer) => [answer, t(`policy.${answer}`)] as const)}
              hint={hint && t(hint)}
              problems={refusal?.problems ?? []}
            />
          ))}
        </fieldset>
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.save')}
          </button>
        </div>
      </Form>
      <p class="more">
        <a href="/notifications/requests">{t('policy.requests', { count: waiting })}</a>
      </p>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
