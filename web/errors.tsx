/** Maps all errors of requests to pages. */
import type { FC } from 'hono/jsx'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { diskFullText, isDiskFull } from '#src/platform/db/disk-full.ts'
import { isDatabaseAway, isUnstorable } from '#src/platform/db/index.ts'
import { Refusal, type RefusalCode } from '#src/platform/errors.ts'
import { BodyError } from '#src/platform/http/body.ts'
import { getLogger } from '#src/platform/log.ts'
import { isStorageAway } from '#src/platform/storage/errors.ts'
import type { MessageKey } from '#src/text/catalogue.ts'
import { messagesIn } from '#src/text/messages.ts'
import { textAreaValue } from './components/form.tsx'
import { useMessages } from './components/page-context.ts'
import type { C } from './env.ts'
import { barePage, page } from './page.tsx'
import { HttpProblem, statusOf } from './problem.ts'
import { wantsPart } from './wants-part.ts'

const log = getLogger('web')

type Shown = { title: string; text: string; written?: string | undefined }
type Words = readonly [title: MessageKey, text: MessageKey | null]

const refusalWords: Record<RefusalCode, Words> = {
  not_found: ['errors.notFound', 'errors.notFoundText'],
  gone: ['errors.gone', 'errors.goneText'],
  not_permitted: ['errors.notPermitted', null],
  invalid: ['errors.failed', null],
  unprocessable: ['errors.failed', null],
  conflict: ['errors.failed', 'errors.conflictText'],
  too_many: ['errors.tooMany', 'errors.tooManyText'],
  unavailable: ['errors.unavailable', 'errors.unavailableText'],
}

const problemWords: Record<HttpProblem['status'], Words> = {
  400: ['errors.malformed', 'errors.malformedText'],
  403: ['errors.notPermitted', 'errors.notPermittedText'],
  405: ['errors.wrongMethod', null],
  413: ['errors.tooLarge', 'errors.tooLargeText'],
  415: ['errors.noForm', 'errors.noFormText'],
}

/** The answer to an error: a page, or for a script the words alone. */
export function errorPage(error: unknown, c: C): Promise<Response> | Response {
  const { t } = c.get('messages') ?? messagesIn('en')
  if (error instanceof Refusal) {
    const [title, text] = refusalWords[error.code]
    if (error.code === 'unavailable') c.header('Retry-After', '10')
    return answer(c, { title: t(title), text: text ? t(text) : error.message }, statusOf(error))
  }
  if (error instanceof HttpProblem) {
    const [title, text] = problemWords[error.status]
    const words = { title: t(title), text: error.message || (text ? t(text) : ''), written: error.written }
    return answer(c, words, error.status)
  }
  if (error instanceof BodyError) return errorPage(new HttpProblem(error.reason === 'too_large' ? 413 : 400), c)
  if (isUnstorable(error)) return errorPage(new HttpProblem(400), c)
  const written = c.get('form')?.text('text')
  // Checked first, as its cause may look like an unreachable database.
  if (isStorageAway(error)) {
    log.error('Files can’t be stored or read: {error}', { error })
    c.header('Retry-After', '5')
    return answer(c, { title: t('errors.unavailable'), text: t('errors.storageAwayText'), written }, 503)
  }
  if (isDatabaseAway(error)) {
    log.warn('The database is away: {error}', { error })
    c.header('Retry-After', '5')
    return bareAnswer(c, { title: t('errors.unavailable'), text: t('errors.databaseAwayText') }, 503)
  }
  if (isDiskFull(error)) {
    log.error('The disk is full: {error}', { error })
    c.header('Retry-After', '60')
    return answer(c, { title: t('errors.diskFull'), text: `${diskFullText}.`, written }, 507)
  }
  log.error('A page failed: {error}', { error })
  return bareAnswer(c, { title: t('errors.broken'), text: t('errors.brokenText') }, 500)
}

async function answer(
  c: C,
  words: Shown,
  status: 400 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 429 | 503 | 507,
): Promise<Response> {
  if (wantsPart(c)) return c.text(sentence(words), status)
  try {
    return await page(c, { title: words.title, isPrivate: true }, <Words {...words} />, status)
  } catch {
    // The page's own data can't be loaded either, and the original error is what matters.
    return bareAnswer(c, words, status)
  }
}

const bareAnswer = (c: C, words: Shown, status: ContentfulStatusCode): Response =>
  wantsPart(c) ? c.text(sentence(words), status) : barePage(c, words.title, <Words {...words} />, status)

const sentence = ({ title, text }: Shown): string => [title, text].filter(Boolean).join('. ')

const Words: FC<Shown> = ({ title, text, written }) => {
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
      <p>
        <a href="/">{t('errors.toStart')}</a>
      </p>
    </div>
  )
}
