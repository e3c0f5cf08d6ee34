/** The page on which people authorize an app. The rules are in `src/accounts/sessions/oauth.ts`. */
import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import {
  type AuthorizationParameters,
  type AuthorizationRequest,
  type CheckedAuthorization,
  checkAuthorization,
  denial,
  grantCode,
  type Reply,
  replyUrl,
} from '#src/accounts/sessions/oauth.ts'
import { grantable } from '#src/accounts/sessions/scopes.ts'
import { loadAccountViews } from '#src/accounts/views.ts'
import { Avatar, fullHandle, Name } from '../components/account.tsx'
import { Field, Form } from '../components/form.tsx'
import { Head } from '../components/layout.tsx'
import { PasskeyLogIn } from '../components/passkey-form.tsx'
import { OtherWays, ProviderButtons } from '../components/provider-buttons.tsx'
import { scopeWords } from '../components/scope-words.ts'
import { OtherAccounts } from '../components/switcher.tsx'
import type { C, Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { contentSecurityPolicy } from '../headers.ts'
import { page } from '../page.tsx'
import { clientOf } from '../session.ts'

const path = '/oauth/authorize'

/** Names of the request's parameters, which the form passes on unchanged. */
const names = [
  'response_type',
  'response_mode',
  'client_id',
  'redirect_uri',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
] as const
type RawParameters = Partial<Record<(typeof names)[number], string>>

export const oauthAuthorize = new Hono<Env>()

oauthAuthorize.get(path, checkFirst, requireViewer, async (c) => {
  const raw = rawParameters(c)
  const request = await requestOf(c, raw)
  return request instanceof Response ? request : consentPage(c, request, raw)
})

// Other servers' pages deny by DELETE. A POST without "allow" denies, too.
oauthAuthorize.on(['POST', 'DELETE'], path, requireViewer, async (c) => {
  const { app, form } = c.var
  const raw = Object.fromEntries(
    names.flatMap((name) => (form.text(name) === '' ? [] : [[name, form.text(name)]])),
  ) as RawParameters
  const request = await requestOf(c, raw)
  if (request instanceof Response) return request
  const { t } = c.var.messages
  if (c.req.method === 'DELETE' || form.text('decision') !== 'allow') {
    const reply = denial(request)
    return reply
      ? toApp(c, request, reply)
      : page(
          c,
          { title: t('oauth.notLetInTitle'), isPrivate: true },
          <Head title={t('oauth.notLetIn', { app: request.application.name })} />,
        )
  }
  const consent = await app.db.transaction((tx) => grantCode(tx, viewerOf(c), request, clientOf(c)))
  return consent.reply === null
    ? c.redirect(`${path}/native?${new URLSearchParams({ code: consent.code })}`, 303)
    : toApp(c, request, consent.reply)
})

/** Out-of-band: shows the code for the person to copy. */
oauthAuthorize.get(`${path}/native`, requireViewer, (c) => {
  const { t } = c.var.messages
  return page(
    c,
    { title: t('oauth.code'), isPrivate: true },
    <>
      <Head title={t('oauth.code')} />
      <div class="sheet">
        <p>{t('oauth.codeText')}</p>
        <p>
          <code class="oauth-code">{c.req.query('code') ?? ''}</code>
        </p>
      </div>
    </>,
  )
})

/** Refuses invalid requests before the log-in, and shows the log-in again if the app asks for another account. */
async function checkFirst(c: C, next: () => Promise<void>): Promise<Response | void> {
  const raw = rawParameters(c)
  const request = await requestOf(c, raw)
  if (request instanceof Response) return request
  if (c.req.query('force_login') !== 'true') return next()
  return c.var.session.login
    ? otherLoginPage(c, request, hereWith(raw))
    : c.redirect(`/login?return_to=${encodeURIComponent(hereWith(raw))}`, 303)
}

const rawParameters = (c: C): RawParameters =>
  Object.fromEntries(names.flatMap((name) => (c.req.query(name) === undefined ? [] : [[name, c.req.query(name)]])))

/** The path of the request's page, without `force_login`, which applies only once. */
const hereWith = (raw: RawParameters): string => `${path}?${new URLSearchParams(raw)}`

/** The app's request, or the answer to an invalid one. */
async function requestOf(c: C, raw: RawParameters): Promise<AuthorizationRequest | Response> {
  const parameters: AuthorizationParameters = {
    responseType: raw.response_type,
    responseMode: raw.response_mode,
    clientId: raw.client_id,
    redirectUri: raw.redirect_uri,
    scope: raw.scope,
    state: raw.state,
    codeChallenge: raw.code_challenge,
    codeChallengeMethod: raw.code_challenge_method,
  }
  const checked = await checkAuthorization(c.var.app.db, parameters)
  if (checked.kind === 'request') return checked.request
  return refusalPage(c, checked)
}

function refusalPage(c: C, { problem, reply }: CheckedAuthorization & { kind: 'refused' }): Promise<Response> {
  const { t, rich } = c.var.messages
  if (reply?.mode === 'form_post') leadsToApp(c)
  return page(
    c,
    { title: t('oauth.refusedTitle'), isPrivate: true },
    <>
      <Head title={t('oauth.refusedTitle')} />
      <div class="sheet">
        <p>{t('oauth.refused')}</p>
        <p>{rich('oauth.developer', { ...problem, code: (children) => <code>{children}</code> })}</p>
        {reply && c.var.session.login && <ReplyLink reply={reply} label={t('oauth.back')} />}
      </div>
    </>,
    400,
  )
}

/** Allows forms to lead to the app: browsers apply `form-action` to redirects, too. */
const leadsToApp = (c: C): void => c.header('Content-Security-Policy', contentSecurityPolicy(c.var.app, null))

/**
 * Sends the person back to the app with the answer. If the app wants a posted form, shows one, as our pages run no
 * scripts.
 */
function toApp(c: C, { application }: AuthorizationRequest, reply: Reply): Response | Promise<Response> {
  // 303 turns the form's POST into a GET of the app, at its URL exactly as registered.
  if (reply.mode === 'query') return c.body(null, 303, { Location: replyUrl(reply) })
  const { t, rich } = c.var.messages
  leadsToApp(c)
  return page(
    c,
    { title: t('oauth.back'), isPrivate: true },
    <>
      <Head title={t('oauth.back')} />
      <div class="sheet">
        <p>{rich('oauth.waits', { app: <bdi>{application.name}</bdi> })}</p>
        <ReplyLink reply={reply} label={t('oauth.goOn')} />
      </div>
    </>,
  )
}

/** A link or form back to the app, with only the answer (no referrer, no form token). */
const ReplyLink: FC<{ reply: Reply; label: string }> = ({ reply, label }) =>
  reply.mode === 'query' ? (
    <p>
      <a href={replyUrl(reply)} rel="noreferrer">
        {label}
      </a>
    </p>
  ) : (
    <form method="post" action={reply.redirectUri}>
      {Object.entries(reply.parameters).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <div class="buttons">
        <button type="submit" class="button">
          {label}
        </button>
      </div>
    </form>
  )

async function consentPage(c: C, request: AuthorizationRequest, raw: RawParameters): Promise<Response> {
  const viewer = viewerOf(c)
  const [account] = await loadAccountViews(c.var.app.db, [viewer.accountId])
  const { application } = request
  const { t, rich } = c.var.messages
  leadsToApp(c)
  return page(
    c,
    { title: t('oauth.title', { app: application.name }), isPrivate: true },
    <>
      <Head title={t('oauth.anyTitle')} />
      <Form action={path} class="sheet" label={t('oauth.label')}>
        <p>{asksFor(c, application)}</p>
        {account && (
          <div>
            <p class="person-link">
              <Avatar account={account} size="small" />
              <span class="person-names">
                <Name account={account} />
                <bdi class="handle">{fullHandle(account, c.var.app.config.handleHost)}</bdi>
              </span>
            </p>
          </div>
        )}
        <p>{t('oauth.could')}</p>
        <ul class="oauth-scopes">
          {scopeWords(grantable(request.scopes, viewer.permissions), c.var.messages).map((words) => (
            <li>{words}</li>
          ))}
        </ul>
        {names.map((name) => raw[name] !== undefined && <input type="hidden" name={name} value={raw[name]} />)}
        <div class="buttons">
          <button type="submit" class="button" name="decision" value="allow">
            {t('oauth.allow')}
          </button>
          <button type="submit" class="button button-quiet" name="decision" value="deny">
            {t('oauth.deny')}
          </button>
        </div>
      </Form>
      <p class="aside">
        {rich('oauth.otherAccount', { a: (children) => <a href={`${hereWith(raw)}&force_login=true`}>{children}</a> })}
      </p>
    </>,
  )
}

/** The sentence that names the app, with its website if it has one. */
function asksFor(c: C, { name, website }: AuthorizationRequest['application']) {
  const { rich } = c.var.messages
  const app = <bdi>{name}</bdi>
  if (!website) return rich('oauth.asks', { app, strong: (children) => <strong>{children}</strong> })
  return rich('oauth.asksFrom', {
    app,
    strong: (children) => <strong>{children}</strong>,
    host: URL.parse(website)?.host ?? website,
    a: (children) => (
      <a href={website} rel="nofollow noopener noreferrer">
        {children}
      </a>
    ),
  })
}

/**
 * Apps ask for a new log-in when people add a second account. The present session stays, and those of this browser's other
 * accounts are offered.
 */
function otherLoginPage(c: C, { application }: AuthorizationRequest, here: string): Promise<Response> {
  const { login } = c.var.session
  const { t, rich } = c.var.messages
  const { providers, providersOnly } = c.var.app.config
  const lead = <p>{rich('oauth.logInFor', { app: <bdi>{application.name}</bdi> })}</p>
  const goOn = <a href={here}>{t('oauth.goOnAs', { name: login?.username })}</a>
  if (providersOnly)
    return page(
      c,
      { title: t('common.logIn'), isPrivate: true },
      <>
        <Head title={t('common.logIn')} />
        <OtherAccounts returnTo={here} class="sheet accounts" />
        <section class="sheet">
          {lead}
          <ProviderButtons providers={providers} returnTo={here} />
          <p>{goOn}</p>
        </section>
      </>,
    )
  return page(
    c,
    { title: t('common.logIn'), isPrivate: true },
    <>
      <Head title={t('common.logIn')} />
      <OtherAccounts returnTo={here} class="sheet accounts" />
      <Form action="/login" class="sheet" label={t('common.logIn')}>
        {lead}
        <input type="hidden" name="return_to" value={here} />
        <Field
          name="login"
          label={t('signIn.loginField')}
          autocomplete="username webauthn"
          autocapitalize="none"
          required
          autofocus
        />
        <Field name="password" label={t('common.password')} type="password" autocomplete="current-password" required />
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.logIn')}
          </button>
          {goOn}
        </div>
      </Form>
      <PasskeyLogIn returnTo={here} />
      <OtherWays providers={providers} returnTo={here} />
    </>,
  )
}
