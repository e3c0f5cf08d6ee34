/** Maps all errors of requests to pages. */
import type { FC } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { isDiskFull } from '#src/platform/db/disk-full.ts'
import { isDatabaseAway, isUnstorable } from '#src/platform/db/index.ts'
import { Refusal, type RefusalCode } from '#src/platform/errors.ts'
import { BodyError } from '#src/platform/http/body.ts'
import { getLogger } from '#src/platform/log.ts'
import { isStorageAway } from '#src/platform/storage/errors.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { sentence } from '#src/text/refusals.ts'
import { textAreaValue } from './components/form.tsx'
import { useMessages } from './components/page-context.ts'
import { waitOf, waitWords } from './components/wait.tsx'
import type { C } from './env.ts'
import { ownPath } from './forms.ts'
import { barePage, page } from './page.tsx'
import { HttpProblem, statusOf } from './problem.ts'
import { refusalHere } from './refused.ts'
import { wantsPart } from './wants-part.ts'

const log = getLogger('web')

/** `back`: the page of the form that was refused. */
type Words = { title: string; text: string; written?: string | undefined; back?: string | undefined }
type WordKeys = { title: MessageKey; text?: MessageKey }

/** Texts for each refusal. A refusal without a text here has the core's message. */
const refusalWords: Record<RefusalCode, WordKeys> = {
  not_found: { title: 'errors.notFoundTitle', text: 'errors.notFoundText' },
  gone: { title: 'errors.goneTitle', text: 'errors.goneText' },
  not_permitted: { title: 'errors.notAllowedTitle' },
  invalid: { title: 'errors.failedTitle' },
  unprocessable: { title: 'errors.failedTitle' },
  conflict: { title: 'errors.failedTitle', text: 'errors.conflictText' },
  too_many: { title: 'errors.tooManyTitle' },
  unavailable: { title: 'errors.soonTitle', text: 'errors.busyText' },
}

const problemWords: Record<HttpProblem['status'], WordKeys> = {
  400: { title: 'errors.badRequestTitle', text: 'errors.badRequest' },
  403: { title: 'errors.notAllowedTitle', text: 'errors.notAllowedText' },
  405: { title: 'errors.notHereTitle' },
  413: { title: 'errors.tooLargeTitle', text: 'errors.tooLargeText' },
  415: { title: 'errors.unsupportedTitle', text: 'errors.unsupportedText' },
}

export function errorPage(error: unknown, c: C): Promise<Response> | Response {
  const { messages } = c.var
  const { t } = messages
  if (error instanceof Refusal) {
    const { title, text } = refusalWords[error.code]
    if (error.code === 'unavailable') c.header('Retry-After', '10')
    const wait = waitOf(error, new Date())
    if (wait !== null) c.header('Retry-After', String(wait))
    const words =
      error.code === 'too_many'
        ? waitWords(messages, wait)
        : text && !(error.code === 'unavailable' && error.text)
          ? t(text)
          : sentence(messages, refusalHere(messages, error))
    return answer(c, { title: t(title), text: words }, statusOf(error))
  }
  if (error instanceof HttpProblem) {
    const { title, text } = problemWords[error.status]
    const key = error.key ?? text
    return answer(c, { title: t(title), text: key ? t(key) : '', written: error.written }, error.status)
  }
  if (error instanceof BodyError) return errorPage(new HttpProblem(error.reason === 'too_large' ? 413 : 400), c)
  if (isUnstorable(error)) return errorPage(new HttpProblem(400), c)
  // Checked first, as its cause may look like an unreachable database.
  if (isStorageAway(error)) {
    log.error('Files can’t be stored or read: {error}', { error })
    c.header('Retry-After', '5')
    return answer(
      c,
      { title: t('errors.soonTitle'), text: t('errors.storageAway'), written: c.get('form')?.text('text') },
      503,
    )
  }
  if (isDatabaseAway(error)) {
    log.warn('The database is away: {error}', { error })
    c.header('Retry-After', '5')
    return bareAnswer(c, { title: t('errors.soonTitle'), text: t('errors.databaseAway') }, 503)
  }
  if (isDiskFull(error)) {
    log.error('The disk is full: {error}', { error })
    c.header('Retry-After', '60')
    return answer(
      c,
      { title: t('errors.diskFullTitle'), text: t('errors.diskFull'), written: c.get('form')?.text('text') },
      507,
    )
  }
  log.error('A page failed: {error}', { error })
  return bareAnswer(c, { title: t('errors.brokenTitle'), text: t('errors.brokenText') }, 500)
}

async function answer(
  c: C,
  words: Words,
  status: 400 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 429 | 503 | 507,
): Promise<Response> {
  if (wantsPart(c)) return bareAnswer(c, words, status)
  try {
    return await page(c, { title: words.title, isPrivate: true }, <Words {...words} back={formPage(c)} />, status)
  } catch {
    // The page's own data can't be loaded either, and the original error is what matters.
    return bareAnswer(c, words, status)
  }
}

/** Where a refused form stands; undefined without one. */
function formPage(c: C): string | undefined {
  const named = c.get('form')?.text('return_to') ?? ''
  return named === '' ? undefined : ownPath(named)
}

/** An answer that needs no database. A script gets the words alone. */
const bareAnswer = (c: C, words: Words, status: ContentfulStatusCode): Response =>
  wantsPart(c)
    ? c.text([words.title, words.text].filter(Boolean).join('. '), status)
    : barePage(c, words.title, <Words {...words} />, status)

const Words: FC<Words> = ({ title, text, written, back }) => {
  const { t } = useMessages()
  return (
    <div class="calm">
      <h1>{title}</h1>
      <p>{text}</p>
      {written && (
        <div class="field">
          <label for="written">{t('errors.written')}</label>
          <textarea id="written" rows={5} readonly dir="auto">
            {textAreaValue(written)}
          </textarea>
        </div>
      )}
      {back && (
        <p>
          <a href={back}>{t('errors.backToForm')}</a>
        </p>
      )}
      <p>
        <a href="/">{t('errors.back')}</a>
      </p>
    </div>
  )
}
