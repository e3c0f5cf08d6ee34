/** The way to a provider and back. */
import { Hono } from 'hono'
import { beginAtProvider, type ProviderPurpose } from '#src/accounts/providers/begin.ts'
import { completeAtProvider } from '#src/accounts/providers/complete.ts'
import { Refusal } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import type { ProviderSettings } from '#src/platform/provider-config.ts'
import { refusalIn, sentence } from '#src/text/refusals.ts'
import type { C, Env } from '../../env.ts'
import { ownPath } from '../../forms.ts'
import { ownerOf, requireOwner, requireProof } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { proveSession } from '../../session.ts'
import { afterFirstFactor, travellerOf } from '../../sign-in.ts'

const providerOf = (c: C) => c.var.app.config.providers.find(({ name }) => name === c.req.param('provider'))

/** What a person wants of a provider, and where they go afterwards. */
type Wish = { purpose: ProviderPurpose; accountId: AccountId | null; returnTo: string }

export const providerVisits = new Hono<Env>()
  .get('/login/:provider', async (c, next) => {
    const provider = providerOf(c)
    if (!provider) return next()
    const returnTo = ownPath(c.req.query('return_to') ?? '')
    if (c.req.query('purpose') !== 'prove') return visit(c, provider, { purpose: 'sign-in', accountId: null, returnTo })
    const { login } = c.var.session
    return login
      ? visit(c, provider, { purpose: 'prove', accountId: login.accountId, returnTo })
      : c.redirect(logInPath(returnTo), 303)
  })
  .get('/login/:provider/callback', async (c, next) => {
    const provider = providerOf(c)
    if (!provider) return next()
    const { app, session } = c.var
    try {
      const came = await completeAtProvider(
        app,
        provider.name,
        new URL(c.req.url).searchParams,
        travellerOf(c),
        session.login?.accountId ?? null,
      )
      switch (came.kind) {
        case 'known':
          return await afterFirstFactor(c, came.accountId, 'provider', came.returnTo, came.byProvider)
        case 'new':
          return c.redirect(`/login/join?${new URLSearchParams({ state: came.state })}`, 303)
        case 'linked':
          return c.redirect('/settings/providers?done=linked', 303)
        case 'proved':
          await proveSession(c)
          return c.redirect(came.returnTo, 303)
        case 'refused':
          return await failedPage(c, provider, came)
      }
    } catch (error) {
      return failedPage(c, provider, { refusal: refusalFrom(error), purpose: 'sign-in', returnTo: '/' })
    }
  })
  // By a form alone: another site that could start it might link an account of its own.
  .post('/settings/providers/:provider/link', requireOwner, requireProof, async (c, next) => {
    const provider = providerOf(c)
    if (!provider) return next()
    return visit(c, provider, { purpose: 'link', accountId: ownerOf(c).accountId, returnTo: '/settings/providers' })
  })

async function visit(c: C, provider: ProviderSettings, wish: Wish): Promise<Response> {
  try {
    return c.redirect(await beginAtProvider(c.var.app, provider, travellerOf(c), wish), 303)
  } catch (error) {
    return failedPage(c, provider, { ...wish, refusal: refusalFrom(error) })
  }
}

function refusalFrom(error: unknown): Refusal {
  if (error instanceof Refusal && error.code !== 'not_found') return error
  throw error
}

/** Says why nothing came of a visit, with a way back. */
function failedPage(
  c: C,
  { label }: ProviderSettings,
  { refusal, purpose, returnTo }: Pick<Wish, 'purpose' | 'returnTo'> & { refusal: Refusal },
): Promise<Response> {
  const { messages } = c.var
  const { t } = messages
  if (refusal.code === 'unavailable') c.header('Retry-After', '60')
  return page(
    c,
    { title: t('providers.failedTitle', { provider: label }), isPrivate: true },
    <div class="calm">
      <h1>{t('providers.failedTitle', { provider: label })}</h1>
      <p role="alert">
        {refusal.code === 'too_many' ? t('errors.manyTries') : sentence(messages, refusalIn(messages, refusal))}
      </p>
      <p>
        {purpose === 'link' ? (
          <a href="/settings/providers" class="button">
            {t('providers.backToSettings')}
          </a>
        ) : (
          <a href={purpose === 'prove' ? returnTo : logInPath(returnTo)} class="button">
            {t(purpose === 'prove' ? 'providers.back' : 'providers.backToLogIn')}
          </a>
        )}
      </p>
    </div>,
    statusOf(refusal),
  )
}

const logInPath = (returnTo: string): string =>
  returnTo === '/' ? '/login' : `/login?${new URLSearchParams({ return_to: returnTo })}`
