import { Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { countAttempt } from '#src/accounts/sessions/attempts.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { notFound, Refusal } from '#src/platform/errors.ts'
import { type AccountId, isId, type StatusId } from '#src/platform/ids.ts'
import type { Intent } from '#src/platform/remote.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { problemWith } from '#src/text/refusals.ts'
import { AccountRow, nameOf, profilePath } from '../components/account.tsx'
import { Field, Form, Refused, Select } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { Status, statusPath } from '../components/status.tsx'
import { type C, clientGroup, type Env } from '../env.ts'
import { refusalOf } from '../forms.ts'
import { contentSecurityPolicy } from '../headers.ts'
import { page } from '../page.tsx'
import { statusOf } from '../problem.ts'

/**
 * Remote interaction: visitors with an account on another server name it, and are sent to the account or status
 * there.
 */
export const remoteInteraction = new Hono<Env>()
  .get('/remote-interaction/accounts/:id', async (c) => askPage(c, await account(c)))
  .post('/remote-interaction/accounts/:id', async (c) => leave(c, await account(c)))
  .get('/remote-interaction/statuses/:id', async (c) => askPage(c, await status(c)))
  .post('/remote-interaction/statuses/:id', async (c) => leave(c, await status(c)))

/** The account or status: its URI, how it is shown, and the possible actions. */
type Subject = { uri: string; path: string; title: string; intents: readonly [Intent, ...Intent[]]; shown: Child }

async function account(c: C): Promise<Subject> {
  const id = c.req.param('id') ?? ''
  const [found] = isId(id) ? await loadAccountViews(c.var.app.db, [id as AccountId]) : []
  if (!found || found.suspendedAt || found.deletedAt) throw notFound()
  return {
    uri: found.uri,
    path: profilePath(found),
    title: c.var.messages.t('interact.followTitle', { name: nameOf(found) }),
    intents: ['follow'],
    shown: (
      <div class="people">
        <AccountRow account={found} />
      </div>
    ),
  }
}

async function status(c: C): Promise<Subject> {
  const id = c.req.param('id') ?? ''
  const found = isId(id) ? await loadStatusView(c.var.app.db, null, id as StatusId) : undefined
  if (!found || found.reblog) throw notFound()
  return {
    uri: found.uri,
    path: statusPath(found),
    title: c.var.messages.t('interact.statusTitle'),
    intents: ['reply', 'boost', 'favourite'],
    shown: (
      <div class="feed feed-quoted">
        <Status status={found} />
      </div>
    ),
  }
}

type Values = { home: string; intent: string }

async function leave(c: C, subject: Subject): Promise<Response> {
  const { app, form } = c.var
  const values = { home: form.text('home').trim(), intent: form.text('intent') }
  const intent = subject.intents.find((each) => each === values.intent) ?? subject.intents[0]
  let there: string | null = null
  const refusal = await refusalOf(async () => {
    await countAttempt(app, `interaction from ${clientGroup(c)}`, { count: 30, minutes: 5 })
    there = values.home.length <= 400 ? await app.remote.interactionPage(values.home, intent, subject.uri) : null
    if (!there) {
      throw new Refusal('unprocessable', 'That server can’t be found', [
        problemWith('home', 'ERR_INVALID', 'homeUnknown'),
      ])
    }
  })
  return there ? c.redirect(there, 303) : askPage(c, subject, values, refusal)
}

async function askPage(
  c: C,
  { path, title, intents, shown }: Subject,
  values: Values = { home: '', intent: c.req.query('intent') ?? '' },
  refusal: Refusal | null = null,
): Promise<Response> {
  if (c.var.session.viewer) return c.redirect(path, 302)
  const { t } = c.var.messages
  const response = await page(
    c,
    { title, isPrivate: true },
    <>
      <Head title={title} />
      {shown}
      <Form action={c.req.path} class="sheet" label={title}>
        <Refused refusal={refusal} />
        <p>{t('interact.lead')}</p>
        {intents.length > 1 && (
          <Select
            name="intent"
            label={t('interact.intent')}
            value={values.intent}
            options={intents.map((intent) => [intent, t(`intents.${intent}`)] as const)}
          />
        )}
        <Field
          name="home"
          label={t('interact.home')}
          value={values.home}
          problems={refusal?.problems ?? []}
          hint={t('interact.homeHint')}
          autocapitalize="none"
          required
          autofocus
          maxlength={400}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('interact.goOn')}
          </button>
          <a href={`/login?return_to=${encodeURIComponent(path)}`} class="button button-quiet">
            {t('interact.logInHere')}
          </a>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
  // Browsers apply `form-action` to redirects of forms, too.
  response.headers.set('Content-Security-Policy', contentSecurityPolicy(c.var.app, null))
  return response
}
