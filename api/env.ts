import type { Context, MiddlewareHandler } from 'hono'
import type { Access } from '#src/accounts/sessions/access-tokens.ts'
import type { LimitReport } from '#src/accounts/sessions/attempts.ts'
import type { App } from '#src/platform/app.ts'
import { addressGroup } from '#src/platform/http/client-address.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'

/** What every route finds in `c.var`. */
export type Env = {
  Bindings: RequestEnv
  Variables: {
    app: App
    /** What the request's token gives; null without a token, and with one that is no good. */
    access: Access | null
    /** Whether a token came at all. */
    hasToken: boolean
    /** The limit that is nearest to its end. */
    limits: LimitReport | null
  }
}
export type C = Context<Env>

/** What helpers of handlers look at: a context, whatever else its route has put into it. */
export type Asked = Pick<C, 'req' | 'env' | 'header'> & { var: Readonly<Env['Variables']> }

/** A middleware that adds to `c.var` what later handlers of its route rely on. */
export type Adding<Variables extends object> = MiddlewareHandler<Env & { Variables: Variables }>

/** Whom limits count, by address: one home or machine, however many addresses of IPv6 it has. Empty where the server around doesn't tell. */
export const clientGroup = (c: Pick<Asked, 'env'>): string => addressGroup(c.env?.clientAddress ?? '')
