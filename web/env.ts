import type { Context, MiddlewareHandler } from 'hono'
import type { SessionViewer } from '#src/accounts/sessions/sessions.ts'
import type { App } from '#src/platform/app.ts'
import { addressGroup } from '#src/platform/http/client-address.ts'
import type { UploadedFile } from '#src/platform/http/multipart.ts'
import type { RequestEnv } from '#src/platform/http/request-env.ts'
import type { Hub } from '#src/reading/streaming/hub.ts'
import type { Formats } from '#src/text/formats.ts'
import type { Messages } from '#src/text/messages.ts'

/** The session of a request, by the browser's cookie. */
type Session = {
  /** The secret in the cookie, if it is that of a session. */
  token: string | null
  /** The logged-in account, also one that is not active. */
  login: SessionViewer | null
  /** The logged-in account if it is active; else null. */
  viewer: SessionViewer | null
}

/** The fields of a form. A missing one is like an empty one. */
export type Form = {
  text(name: string): string
  /** All values of a field that may occur several times, in order. */
  texts(name: string): string[]
  isChecked(name: string): boolean
  /** All fields but files and the form token, in order. */
  typed(): [string, string][]
  /** The bytes of a file, or undefined if none was chosen. */
  file(name: string): Promise<Buffer | undefined>
  /** Files of a form with large ones, on disk until the answer is sent; `upload-forms.ts` lists these forms. */
  uploads: readonly UploadedFile[]
}

/** The variables that pages have in `c.var`. */
export type Env = {
  Bindings: RequestEnv
  Variables: {
    app: App
    /** The open streams of the process. */
    hub: Hub
    session: Session
    /** The messages in the reader's language. */
    messages: Messages
    /** Dates and numbers in the reader's language and time zone. */
    formats: Formats
    /** The form of a POST; set only after its origin and token were verified. */
    form: Form
  }
}
export type C = Context<Env>
export type Middleware = MiddlewareHandler<Env>

/**
 * The client of a request by address, for limits: one household or machine, even with many IPv6 addresses. Empty if
 * the server doesn't pass the address.
 */
export const clientGroup = (c: C): string => addressGroup(c.env?.clientAddress ?? '')
