import { hasPermission, type Permission } from '#src/accounts/roles/permissions.ts'
import { type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { accountStatusOf } from '#src/accounts/sessions/account-status.ts'
import { dropForm, keepForm } from '#src/accounts/sessions/kept-form.ts'
import { proofMinutes } from '#src/accounts/sessions/proof.ts'
/** Access guards of pages. Each stands before the routes that need it. */
import type { Viewer } from '#src/accounts/sessions/sessions.ts'
import type { Tx } from '#src/platform/db/index.ts'
import { notFound } from '#src/platform/errors.ts'
import { type AccountId, isId, type StatusId } from '#src/platform/ids.ts'
import { minuteMs } from '#src/platform/time.ts'
import { Head } from './components/layout.tsx'
import type { C, Middleware } from './env.ts'
import { ownPath, pathAndQuery } from './forms.ts'
import { page, pathOf } from './page.tsx'
import { accountParts, statusParts } from './parts.tsx'
import { wantsPart } from './wants-part.ts'

/**
 * Requires an active account, which `viewerOf` then returns. Visitors are sent to the log-in; an inactive account
 * gets a page with the missing step.
 */
export const requireViewer: Middleware = async (c, next) => {
  const { login, viewer } = c.var.session
  if (!login) {
    // A form is not sent again after the log-in, so the log-in returns to the form's page.
    const back = c.req.method === 'POST' ? ownPath(c.var.form.text('return_to')) : pathAndQuery(c)
    return c.redirect(back === '/' ? '/login' : `/login?return_to=${encodeURIComponent(back)}`, 303)
  }
  // The page's banner names the missing step.
  if (!viewer)
    return page(c, c.var.messages.t('errors.notYet'), <Head title={c.var.messages.t('errors.oneStepMissing')} />, 403)
  return next()
}

/** Requires an account that its owner may change: an active one, or one that has moved. `ownerOf` then returns it. */
export const requireOwner: Middleware = async (c, next) => {
  const { login } = c.var.session
  return login && accountStatusOf(login) === 'moved' ? next() : requireViewer(c, next)
}

/** Requires an account that its owner may change, or one that must get a second factor first. `ownerOf` then returns it. */
export const requireFactorOwner: Middleware = async (c, next) => {
  const { login } = c.var.session
  return login && accountStatusOf(login) === 'unsecured' ? next() : requireOwner(c, next)
}

/** The account that `requireOwner` or `requireFactorOwner` let through. */
export function ownerOf(c: C): Viewer {
  const { login } = c.var.session
  const status = login && accountStatusOf(login)
  return login && (status === 'moved' || status === 'unsecured') ? login : viewerOf(c)
}

/** The permissions that guards of staff ask for, any of which is enough. */
const permissionsAsked = new WeakMap<object, readonly Permission[]>()

/** Requires one of the permissions of staff. Other viewers get "not found". */
export function requirePermission(...permissions: [Permission, ...Permission[]]): Middleware {
  const middleware: Middleware = async (c, next) => {
    const { viewer } = c.var.session
    if (viewer && !permissions.some((one) => hasPermission(viewer.permissions, one))) throw notFound()
    return requireViewer(c, next)
  }
  permissionsAsked.set(middleware, permissions)
  return middleware
}

/** The permissions that a handler of a route asks for; null if it is no guard of staff. */
export const permissionsOf = (handler: object): readonly Permission[] | null => permissionsAsked.get(handler) ?? null

const isProvedWithin = (c: C, minutes: number): boolean => {
  const { provedAt = null } = c.var.session.login ?? {}
  return provedAt !== null && Date.now() - provedAt.getTime() < minutes * minuteMs
}

const toProof = (c: C): Response => c.redirect(`/prove?${new URLSearchParams({ return_to: pathOfForm(c) })}`, 303)

/**
 * Requires, before a strong action and its form, that the person proved shortly before to be the owner of the account; else they
 * are led to do so, and back to the form. It stands after `requireViewer`, `requireOwner` or `requirePermission`.
 */
const proofWithin =
  (minutes: number): Middleware =>
  async (c, next) =>
    isProvedWithin(c, minutes) ? next() : toProof(c)

/** The guard of most strong actions: a proof is 10 minutes old at most. */
export const requireProof: Middleware = proofWithin(proofMinutes)

/**
 * The same guard for sending a form with something to type, such as the text to a person who is suspended. What was typed is kept
 * during the proof, and stands in the form afterwards, if its page shows `typedForm`.
 */
export const requireProofKeepingForm: Middleware = async (c, next) => {
  const { app, form } = c.var
  const { accountId } = viewerOf(c)
  if (isProvedWithin(c, proofMinutes)) {
    await dropForm(app.db, accountId)
    return next()
  }
  await keepForm(app.db, accountId, pathOfForm(c), form.typed())
  return toProof(c)
}

/**
 * The guard of sending the long forms by which the instance is configured: opening them takes `requireProof`, filling them in may
 * take up to an hour more. Nothing that they change acts on somebody.
 */
export const requireProofWithinHour: Middleware = proofWithin(60)

/** The page to return to: of a form that was sent, its own. */
function pathOfForm(c: C): string {
  if (c.req.method === 'POST') {
    const named = c.var.form.text('return_to')
    return named === '' ? pathOf(c) : ownPath(named)
  }
  return pathAndQuery(c)
}

/** The account that a guard let through. */
export function viewerOf(c: C): Viewer {
  const { viewer } = c.var.session
  if (!viewer) throw new Error('No guard stands before this route')
  return viewer
}

/** The member of staff behind a request, read anew in the transaction of what they do. */
export const staffOf = (c: C, tx: Tx): Promise<Staff> => staffMember(tx, viewerOf(c).accountId)

/**
 * Redirects to the page of the form, and there to the post or person that the form was about. A script gets the changed
 * parts of its page instead.
 */
export function backTo(c: C, fallback = '/'): Response | Promise<Response> {
  const [, kind, id = ''] = /^\/(statuses|accounts)\/(\d{1,20})\//.exec(c.req.path) ?? []
  const named = /^[a-z]{1,20}-\d{1,20}$/.exec(c.var.form.text('at'))?.[0] ?? null
  if (wantsPart(c) && isId(id))
    return kind === 'statuses' ? statusParts(c, id as StatusId, named) : accountParts(c, id as AccountId)
  const wanted = c.var.form.text('return_to')
  const path = ownPath(wanted, fallback)
  const anchor =
    path !== wanted || path.includes('#') ? null : (named ?? (id && `${kind === 'statuses' ? 'post' : 'person'}-${id}`))
  return c.redirect(anchor ? `${path}#${anchor}` : path, 303)
}
