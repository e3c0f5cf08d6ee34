/** Maps all errors of requests to pages. */
import type { FC } from 'hono/jsx'
import { diskFullText, isDiskFull } from '#src/platform/db/disk-full.ts'
import { isDatabaseAway, isUnstorable } from '#src/platform/db/index.ts'
import { Refusal, type RefusalCode } from '#src/platform/errors.ts'
import { BodyError } from '#src/platform/http/body.ts'
import { getLogger } from '#src/platform/log.ts'
import { isStorageAway } from '#src/platform/storage/errors.ts'
import { textAreaValue } from './components/form.tsx'
import type { C } from './env.ts'
import { barePage, page } from './page.tsx'
import { HttpProblem, statusOf } from './problem.ts'

const log = getLogger('web')

type Words = { title: string; text: string; written?: string | undefined }

const refusalWords: Record<RefusalCode, Words> = {
  not_found: { title: 'There is nothing here', text: 'Perhaps it was deleted, or it isn’t for everybody to see.' },
  gone: { title: 'Gone', text: 'This was here once and has been taken away.' },
  not_permitted: { title: 'Not allowed', text: 'You may not do that.' },
  invalid: { title: 'That didn’t work', text: '' },
  unprocessable: { title: 'That didn’t work', text: '' },
  conflict: { title: 'That didn’t work', text: 'Something else happened at the same moment. Please try again.' },
  too_many: { title: 'A little slower, please', text: 'There were too many tries. Please wait a while.' },
  unavailable: { title: 'Back in a moment', text: 'Pipit has more to do than it can at the moment. Please try again.' },
}

const problemWords: Record<HttpProblem['status'], Words> = {
  400: { title: 'That didn’t arrive in one piece', text: 'Please go back and try again.' },
  403: { title: 'Not allowed', text: 'You may not do that.' },
  405: { title: 'That can’t be done here', text: '' },
  413: { title: 'Too large', text: 'This is more than one form may carry.' },
  415: { title: 'That is no form', text: 'Only forms of pages can be sent here.' },
}

export function errorPage(error: unknown, c: C): Promise<Response> | Response {
  if (error instanceof Refusal) {
    const { title, text } = refusalWords[error.code]
    const hasOwnText = error.code === 'invalid' || error.code === 'unprocessable' || error.code === 'not_permitted'
    if (error.code === 'unavailable') c.header('Retry-After', '10')
    return answer(c, { title, text: hasOwnText ? error.message : text }, statusOf(error))
  }
  if (error instanceof HttpProblem) {
    const { title, text } = problemWords[error.status]
    return answer(c, { title, text: error.message || text, written: error.written }, error.status)
  }
  if (error instanceof BodyError) return errorPage(new HttpProblem(error.reason === 'too_large' ? 413 : 400), c)
  if (isUnstorable(error)) return errorPage(new HttpProblem(400), c)
  // Checked first, as its cause may look like an unreachable database.
  if (isStorageAway(error)) {
    log.error('Files can’t be stored or read: {error}', { error })
    c.header('Retry-After', '5')
    return answer(
      c,
      {
        title: 'Back in a moment',
        text: 'Pipit can’t store or read files right now. Please try again in a while.',
        written: c.get('form')?.text('text'),
      },
      503,
    )
  }
  if (isDatabaseAway(error)) {
    log.warn('The database is away: {error}', { error })
    c.header('Retry-After', '5')
    return barePage(
      c,
      'Back in a moment',
      <Words
        title="Back in a moment"
        text="Pipit can’t reach its database right now. Please try again in a few seconds."
      />,
      503,
    )
  }
  if (isDiskFull(error)) {
    log.error('The disk is full: {error}', { error })
    c.header('Retry-After', '60')
    return answer(c, { title: 'No room left', text: `${diskFullText}.`, written: c.get('form')?.text('text') }, 507)
  }
  log.error('A page failed: {error}', { error })
  return barePage(
    c,
    'Something broke',
    <Words title="Something broke" text="That was our mistake, not yours. It was written down." />,
    500,
  )
}

async function answer(
  c: C,
  words: Words,
  status: 400 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 429 | 503 | 507,
): Promise<Response> {
  try {
    return await page(c, { title: words.title, isPrivate: true }, <Words {...words} />, status)
  } catch {
    // The page's own data can't be loaded either, and the original error is what matters.
    return barePage(c, words.title, <Words {...words} />, status)
  }
}

const Words: FC<Words> = ({ title, text, written }) => (
  <div class="calm">
    <h1>{title}</h1>
    <p>{text}</p>
    {written && (
      <div class="field">
        <label for="written">What you wrote, to copy</label>
        <textarea id="written" rows={5} readonly dir="auto">
          {textAreaValue(written)}
        </textarea>
      </div>
    )}
    <p>
      <a href="/">To the start page</a>
    </p>
  </div>
)
