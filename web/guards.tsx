import { accountStatusOf } from '#src/accounts/sessions/account-status.ts'
import { isAtLeast, type Role } from '#src/accounts/sessions/roles.ts'
/** Who may open a page. Each guard stands in front of the routes that need it; `viewerOf` then has somebody. */
import type { Viewer } from '#src/accounts/sessions/sessions.ts'
import { notFound } from '#src/platform/errors.ts'
import { Head } from './components/layout.tsx'
import type { C, Middleware } from './env.ts'
import { ownPath } from './forms.ts'
import { page } from './page.tsx'

/** Whoever is logged in and may act. Visitors are asked to log in first; who has a step left to take is told which. */
export const personal: Middleware = async (c, next) => {
  const { login, viewer } = c.var.session
  if (!login) {
    const url = new URL(c.req.url)
    // A form is not sent again after the log-in, so its page is where to go on.
    const back = c.req.method === 'POST' ? ownPath(c.var.form.text('return_to')) : `${url.pathname}${url.search}`
    return c.redirect(back === '/' ? '/login' : `/login?return_to=${encodeURIComponent(back)}`, 303)
  }
  // The page's banner says which step is missing.
  if (!viewer) return page(c, 'Not yet', <Head title="One step is missing" />, 403)
  return next()
}

/** Whoever has an account that they may decide about: also one that has moved. `ownerOf` then has somebody. */
export const owning: Middleware = async (c, next) => {
  const { login } = c.var.session
  return login && accountStatusOf(login) === 'moved' ? next() : personal(c, next)
}

/** The person that `owning` let through. */
export function ownerOf(c: C): Viewer {
  const { login } = c.var.session
  return login && accountStatusOf(login) === 'moved' ? login : viewerOf(c)
}

/** Pages for people with a role; for others they don't exist. */
export const withRole =
  (role: Role): Middleware =>
  async (c, next) => {
    const { viewer } = c.var.session
    if (viewer && !isAtLeast(viewer.role, role)) throw notFound()
    return personal(c, next)
  }

/** The person that a guard let through. */
export function viewerOf(c: C): Viewer {
  const { viewer } = c.var.session
  if (!viewer) throw new Error('No guard stands before this route')
  return viewer
}

/** Back to where a form was sent from. */
export const backTo = (c: C, fallback = '/'): Response =>
  c.redirect(ownPath(c.var.form.text('return_to'), fallback), 303)
