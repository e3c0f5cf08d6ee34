import type { Context, MiddlewareHandler } from 'hono'
import type { Viewer } from '#src/accounts/sessions/sessions.ts'
import type { App } from '#src/platform/app.ts'
import { addressGroup } from '#src/platform/http/client-address.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'

/** Who asks, by the browser's cookie. */
type Session = {
  /** The secret in the cookie, if it opens a session. */
  token: string | null
  /** Who is logged in, also where a step is missing before they may do anything. */
  login: Viewer | null
  /** Who may act and see what is theirs; null for everybody else. */
  viewer: Viewer | null
}

/** The fields of a form. A missing one is like an empty one. */
export type Form = {
  text(name: string): string
  isChecked(name: string): boolean
  /** The bytes of a file, or undefined where none was chosen. */
  file(name: string): Promise<Buffer | undefined>
}

/** What pages find in `c.var`. */
export type Env = {
  Bindings: RequestEnv
  Variables: {
    app: App
    session: Session
    /** What a POST brought; only there once it was found to come from a page of ours. */
    form: Form
  }
}
export type C = Context<Env>
export type Middleware = MiddlewareHandler<Env>

/** Whom limits count, by address: one home or machine, however many addresses of IPv6 it has. Empty where the server around doesn't tell. */
export const clientGroup = (c: C): string => addressGroup(c.env?.clientAddress ?? '')
