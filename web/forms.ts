/** Reading forms: within a size limit, and only from pages of this website. */
import { type Fields, keptForm } from '#src/accounts/sessions/kept-form.ts'
import { Refusal } from '#src/platform/errors.ts'
import { readBytes } from '#src/platform/http/body.ts'
import type { UploadedFile } from '#src/platform/http/multipart.ts'
import type { C, Form, Middleware } from './env.ts'
import { HttpProblem } from './problem.ts'
import { isFormToken, isOtherFormToken } from './session.ts'
import { readUploadForm, uploadFolder } from './upload-forms.ts'

const maxFormBytes = 65_536
const tokenField = 'form_token'
/**
 * Limits of larger forms, in bytes: images of about 16 MB together, as nobody sends two of 16 MB at once; three
 * long texts, with up to 9 bytes per letter; and a long list of names.
 */
const largeForms: ReadonlyMap<string, number> = new Map([
  ['/settings/profile', 17_825_792],
  ['/admin/texts', 1_500_000],
  ['/settings/filters/import', 600_000],
  ['/admin/settings', 200_000],
])
/** Paths that accept a form by DELETE, too. */
const deletePaths = new Set(['/oauth/authorize'])

/** Accepts a POST only with a form of this website that was made for this browser. */
export const verifyForms: Middleware = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  if (c.req.method !== 'POST' && !(c.req.method === 'DELETE' && deletePaths.has(c.req.path))) throw new HttpProblem(405)
  if (!isSameOrigin(c)) throw new HttpProblem(403, 'errors.otherSite')
  await using folder = await uploadFolder(c)
  const { data, uploads } = folder
    ? await readUploadForm(c, folder)
    : { data: await readForm(c, largeForms.get(c.req.path) ?? maxFormBytes), uploads: [] }
  const form = toForm(data, uploads)
  if (!isFormToken(c, form.text(tokenField))) {
    throw new HttpProblem(
      403,
      isOtherFormToken(c, form.text(tokenField)) ? 'errors.otherAccount' : 'errors.formTooOld',
      form.text('text'),
    )
  }
  c.set('form', form)
  // Awaited, as the uploaded files are removed afterwards.
  await next()
}

/** Browsers send the origin of a POST. Without it, the form token is the only check. */
function isSameOrigin(c: C): boolean {
  const site = c.req.header('Sec-Fetch-Site')
  if (site !== undefined && site !== 'same-origin') return false
  const origin = c.req.header('Origin')
  return origin === undefined || origin === c.var.app.config.origin || origin === new URL(c.req.url).origin
}

/**
 * Reads a form.
 *
 * @throws HttpProblem 415 for another content type, 400 for a malformed form or text that can't be stored; BodyError
 *   for a body that can't be read at all
 */
export async function readForm(c: C, maxBytes: number): Promise<FormData> {
  const type = c.req.header('Content-Type') ?? ''
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i.test(type)) throw new HttpProblem(415)
  const bytes = await readBytes(c.req.raw, maxBytes)
  const data = await new Response(bytes, { headers: { 'Content-Type': type } }).formData().catch(() => null)
  // No keyboard types NUL, and PostgreSQL can't store text with it.
  if (!data || [...data.values()].some((value) => typeof value === 'string' && value.includes('\0')))
    throw new HttpProblem(400)
  return data
}

function toForm(data: FormData, uploads: readonly UploadedFile[]): Form {
  return {
    text(name) {
      const value = data.get(name)
      return typeof value === 'string' ? value : ''
    },
    texts: (name) => data.getAll(name).filter((value) => typeof value === 'string'),
    isChecked: (name) => data.has(name),
    typed: () =>
      [...data].flatMap(([name, value]) => (typeof value === 'string' && name !== tokenField ? [[name, value]] : [])),
    uploads,
    async file(name) {
      const value = data.get(name)
      return value instanceof File && value.size > 0 ? Buffer.from(await value.arrayBuffer()) : undefined
    },
  }
}

/**
 * Returns the core's refusal, for the form to show; null on success. Refusals that changing the form can't resolve
 * are thrown on.
 */
export async function refusalOf(work: () => Promise<unknown>): Promise<Refusal | null> {
  try {
    await work()
    return null
  } catch (error) {
    if (error instanceof Refusal && error.code !== 'not_found' && error.code !== 'gone') return error
    throw error
  }
}

/** What was typed into the form of a page before: in the request that was refused, or before a proof. Null: nothing. */
export async function typedForm(c: C, refusal: Refusal | null): Promise<Form | null> {
  if (refusal) return c.var.form
  const { app, session } = c.var
  const fields = session.login && (await keptForm(app.db, session.login.accountId, pathAndQuery(c)))
  return fields ? toForm(dataOf(fields), []) : null
}

function dataOf(fields: Fields): FormData {
  const data = new FormData()
  for (const [name, value] of fields) data.append(name, value)
  return data
}

/** The path of a request with its query. */
export function pathAndQuery(c: C): string {
  const { pathname, search } = new URL(c.req.url)
  return `${pathname}${search}`
}

/** The path to redirect to after a form or a log-in: on this website, else `fallback`. */
export function ownPath(wanted: string, fallback = '/'): string {
  // Browsers drop tabs and line feeds, and read `\` as `/`. So either could lead to another host.
  return /^\/(?![/\\])[^\\\p{C}\s]*$/u.test(wanted) && wanted.length < 8_000 ? wanted : fallback
}
