import type { Context, MiddlewareHandler } from 'hono'
import type { Access } from '#src/accounts/sessions/access-tokens.ts'
import type { LimitReport } from '#src/accounts/sessions/attempts.ts'
import type { App } from '#src/platform/app.ts'
import { addressGroup } from '#src/platform/http/client-address.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'

/** The variables that every route has in `c.var`. */
export type Env = {
  Bindings: RequestEnv
  Variables: {
    app: App
    /** The access that the request's token grants; null without a token, and with an invalid one. */
    access: Access | null
    /** Whether the request has a token, valid or not. */
    hasToken: boolean
    /** The limit with the fewest requests left. */
    limits: LimitReport | null
  }
}
export type C = Context<Env>

/** The part of a context that helpers of handlers read, independent of the route's own variables. */
export type ApiContext = Pick<C, 'req' | 'env' | 'header'> & { var: Readonly<Env['Variables']> }

/** A middleware that adds variables to `c.var` for later handlers of its route. */
export type Adding<Variables extends object> = MiddlewareHandler<Env & { Variables: Variables }>

/**
 * The client of a request by address, for limits: one household or machine, even with many IPv6 addresses. Empty if
 * the server doesn't pass the address.
 */
export const clientGroup = (c: Pick<ApiContext, 'env'>): string => addressGroup(c.env?.clientAddress ?? '')
