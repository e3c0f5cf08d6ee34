/**
 * Sessions: maps the cookie to a viewer, and makes the secret that form tokens are bound to, with or without a
 * log-in.
 */
import { createHash, randomBytes } from 'node:crypto'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Client } from '#src/accounts/security/client.ts'
import { accountStatusOf } from '#src/accounts/sessions/account-status.ts'
import { touchActive, touchSession } from '#src/accounts/sessions/activity.ts'
import {
  type BrowserSession,
  endBrowserSessions,
  maxBrowserAccounts,
  openSessions,
  replaceSessions,
} from '#src/accounts/sessions/browser-sessions.ts'
import { rememberDevice } from '#src/accounts/sessions/devices.ts'
import { recordProof } from '#src/accounts/sessions/proof.ts'
import { renewSession, type SessionViewer, sessionViewer } from '#src/accounts/sessions/sessions.ts'
import { type ByProvider, signIn, type SignInMethod } from '#src/accounts/sessions/sign-in.ts'
import type { App } from '#src/platform/app.ts'
import { whereThereIsRoom } from '#src/platform/db/disk-full.ts'
import { notFound } from '#src/platform/errors.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { formatsIn } from '#src/text/formats.ts'
import { acceptedLanguages, bestLocale, messagesIn } from '#src/text/messages.ts'
import type { C, Middleware } from './env.ts'

const cookieDays = 60
/** Browsers keep no cookie longer. */
const deviceDays = 400
/** Longer than a step of a sign-in is valid. */
const signInMinutes = 60

const isSecure = (app: App): boolean => app.config.origin.startsWith('https:')

/** Browsers take `__Host-` cookies over https only; they then refuse to let any other host or path set them. */
const cookieName = (app: App, suffix = ''): string => `${isSecure(app) ? '__Host-' : ''}pipit${suffix}`
const cookieOptions = (app: App) => ({ path: '/', httpOnly: true, secure: isSecure(app), sameSite: 'Lax' }) as const

/** Loads the session of a request. */
export const withSession: Middleware = async (c, next) => {
  const { app } = c.var
  const token = getCookie(c, cookieName(app)) ?? null
  const login = token === null || token.length > 100 ? null : await sessionViewer(app.db, token)
  const viewer = login && accountStatusOf(login) === 'active' ? login : null
  if (viewer) await touchActive(app.db, viewer.accountId)
  c.set('session', { token: login ? token : null, login, viewer })
  if (login && token) await recordUse(c, login, token)
  if (login) speak(c)
  await next()
}

/** Records the use of a session. Browsers of sessions that are older than the list of known browsers become known. */
async function recordUse(c: C, login: SessionViewer, token: string): Promise<void> {
  const { db } = c.var.app
  const { address, device: known } = clientOf(c)
  const isDue = await touchSession(db, token, address)
  // Sessions of now were opened by a sign-in, which made their browser known.
  if (!isDue || login.provedAt !== null) return
  const device = await whereThereIsRoom(() => rememberDevice(db, login.accountId, known))
  if (device === null || known !== null) return
  newDevices.set(c, device)
  keepDevice(c, device)
}
const newDevices = new WeakMap<C, string>()

/** Chooses the reader's language and time zone: those of their settings, else the language that the browser asks for. */
export function speak(c: C): void {
  const { login } = c.var.session
  const locale = bestLocale([login?.locale, ...acceptedLanguages(c.req.header('Accept-Language'))])
  c.set('messages', messagesIn(locale))
  c.set('formats', formatsIn(locale, login?.timeZone))
}

/** The browser behind a request. */
export const clientOf = (c: C): Client => ({
  address: c.env?.clientAddress ?? '',
  userAgent: c.req.header('User-Agent') ?? '',
  device: tokenIn(c, '-device') ?? newDevices.get(c) ?? null,
})

/** A cookie's token, if it can be one. */
function tokenIn(c: C, suffix: string): string | null {
  const token = getCookie(c, cookieName(c.var.app, suffix)) ?? ''
  return /^[\w-]{43}$/.test(token) ? token : null
}

/**
 * Logs an account in, with a new session and cookie, after all factors were proved. The browser's earlier session of the same
 * account ends; those of other accounts stay, for switching to them.
 */
export async function logIn(c: C, accountId: AccountId, method: SignInMethod, byProvider?: ByProvider): Promise<void> {
  const { app, session } = c.var
  const { token, device } = await signIn(app, accountId, clientOf(c), method, byProvider)
  const earlier = await openSessions(app.db, [...(session.token ? [session.token] : []), ...otherTokens(c)])
  const others = earlier.filter((other) => other.accountId !== accountId).slice(0, maxBrowserAccounts - 1)
  await replaceSessions(
    app.db,
    earlier.filter((one) => !others.includes(one)),
  )
  setSession(c, token)
  keepOthers(c, others)
  keepDevice(c, device)
  deleteCookie(c, cookieName(app, '-form'), cookieOptions(app))
}

/** Sets the cookie by which the browser is known from now on. */
export function keepDevice(c: C, device: string): void {
  const { app } = c.var
  setCookie(c, cookieName(app, '-device'), device, { ...cookieOptions(app), maxAge: deviceDays * 86_400 })
}

function setSession(c: C, token: string): void {
  const { app } = c.var
  setCookie(c, cookieName(app), token, { ...cookieOptions(app), maxAge: cookieDays * 86_400 })
}

/**
 * Records that the person of the request's session proved to be the owner of its account. The session and its cookie get a new
 * token.
 *
 * @throws Refusal `not_found` when the session has ended meanwhile
 */
export async function proveSession(c: C): Promise<void> {
  await renew(c, recordProof)
}

/**
 * Gives the request's session and its cookie a new token, so that whoever copied the cookie is logged out.
 *
 * @throws Refusal `not_found` when the session has ended meanwhile
 */
export async function renewCookie(c: C): Promise<void> {
  await renew(c, renewSession)
}

async function renew(c: C, store: typeof recordProof): Promise<void> {
  const { app, session } = c.var
  const { token, login } = session
  const renewed = token && login && (await app.db.transaction((tx) => store(tx, login.accountId, token)))
  if (!renewed) throw notFound()
  setSession(c, renewed)
}

/** Tokens of the sessions of this browser's other accounts: what its cookie says, not looked up yet. */
function otherTokens(c: C): string[] {
  const tokens = (getCookie(c, cookieName(c.var.app, '-others')) ?? '').slice(0, 1_000).split('.')
  return [...new Set(tokens)]
    .filter((token) => /^[\w-]{43}$/.test(token) && token !== c.var.session.token)
    .slice(0, maxBrowserAccounts - 1)
}

/** Sets or deletes the cookie of the other accounts. */
function keepOthers(c: C, others: readonly BrowserSession[]): void {
  const { app } = c.var
  const name = cookieName(app, '-others')
  if (others.length > 0) {
    const value = others.map(({ token }) => token).join('.')
    setCookie(c, name, value, { ...cookieOptions(app), maxAge: cookieDays * 86_400 })
  } else if (getCookie(c, name) !== undefined) deleteCookie(c, name, cookieOptions(app))
}

/** The sessions of this browser's other accounts. Those that have ended drop out of the cookie. */
export async function otherSessions(c: C): Promise<BrowserSession[]> {
  const tokens = otherTokens(c)
  if (tokens.length === 0) return []
  const open = await openSessions(c.var.app.db, tokens)
  if (open.length < tokens.length) keepOthers(c, open)
  return open
}

/**
 * Goes on with another account that this browser is logged in to.
 *
 * @returns false if it is not, or not any more
 */
export async function switchTo(c: C, accountId: string): Promise<boolean> {
  const { token, login } = c.var.session
  const others = await otherSessions(c)
  const chosen = others.find((other) => other.accountId === accountId)
  if (!chosen) return false
  const left = login && token ? [{ token, accountId: login.accountId, username: login.username }] : []
  setSession(c, chosen.token)
  keepOthers(c, [...left, ...others.filter((other) => other !== chosen)])
  return true
}

/**
 * The secret of the browser's cookie that steps of a sign-in are bound to. It is made when it is first needed, and each step keeps the
 * cookie for another hour.
 */
export function signInBrowser(c: C): string {
  const known = signInBrowsers.get(c)
  if (known) return known
  const secret = tokenIn(c, '-sign-in') ?? randomBytes(32).toString('base64url')
  signInBrowsers.set(c, secret)
  // Lax: providers lead back by a link.
  setCookie(c, cookieName(c.var.app, '-sign-in'), secret, { ...cookieOptions(c.var.app), maxAge: signInMinutes * 60 })
  return secret
}
const signInBrowsers = new WeakMap<C, string>()

/** Logs the account out of this browser, which goes on with the next of its accounts, if it has any. */
export async function logOut(c: C): Promise<void> {
  const { app, session } = c.var
  const { token, login } = session
  const [next, ...others] = await otherSessions(c)
  if (token && login) await endBrowserSessions(app.db, [{ token, accountId: login.accountId }], clientOf(c))
  if (next) setSession(c, next.token)
  else deleteCookie(c, cookieName(app), cookieOptions(app))
  keepOthers(c, others)
}

/** Logs all accounts out of this browser. */
export async function logOutAll(c: C): Promise<void> {
  const { app, session } = c.var
  const { token, login } = session
  const own = token && login ? [{ token, accountId: login.accountId }] : []
  await endBrowserSessions(app.db, [...own, ...(await otherSessions(c))], clientOf(c))
  deleteCookie(c, cookieName(app), cookieOptions(app))
  keepOthers(c, [])
}

/**
 * The token that shows that a form was made for this browser. Visitors get a cookie to bind it to with their first
 * form. It looks different each time, as the length of compressed pages would give a constant one away (BREACH).
 */
export function formToken(c: C): string {
  const { app, session } = c.var
  const token = Buffer.from(app.secrets.sign('forms', digest(session.token ?? visitorSecret(c))), 'base64url')
  const mask = randomBytes(token.length)
  return Buffer.concat([mask, xor(token, mask)]).toString('base64url')
}

/** Whether a form's token was made for this browser and account. */
export function isFormToken(c: C, token: string): boolean {
  const bound = c.var.session.token ?? getCookie(c, cookieName(c.var.app, '-form'))
  return bound !== undefined && isBoundTo(c, token, bound)
}

/** Whether a form's token was made for another account of this browser: the person switched in another tab. */
export const isOtherFormToken = (c: C, token: string): boolean =>
  otherTokens(c).some((other) => isBoundTo(c, token, other))

function isBoundTo(c: C, token: string, bound: string): boolean {
  const bytes = Buffer.from(token, 'base64url')
  const half = bytes.length / 2
  if (!Number.isInteger(half)) return false
  const unmasked = xor(bytes.subarray(half), bytes.subarray(0, half))
  return c.var.app.secrets.verify('forms', digest(bound), unmasked.toString('base64url'))
}

/** @param mask as long as `bytes` */
const xor = (bytes: Buffer, mask: Buffer): Buffer => Buffer.from(bytes.map((byte, i) => byte ^ (mask[i] ?? 0)))

function visitorSecret(c: C): string {
  const { app } = c.var
  const existing = getCookie(c, cookieName(app, '-form'))
  if (existing && /^[\w-]{22}$/.test(existing)) return existing
  const secret = (newSecrets.get(c) ?? randomBytes(16).toString('base64url')).slice(0, 22)
  if (!newSecrets.has(c)) setCookie(c, cookieName(app, '-form'), secret, cookieOptions(app))
  newSecrets.set(c, secret)
  return secret
}

/** New secrets by context, as all forms of a page share the one that the answer sets. */
const newSecrets = new WeakMap<C, string>()

const digest = (secret: string): string => createHash('sha256').update(secret).digest('base64url')
