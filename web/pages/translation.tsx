import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { countAttempt } from '#src/accounts/sessions/attempts.ts'
import { translateStatus, type Translation } from '#src/reading/translate.ts'
import { loadStatusView, type StatusView } from '#src/statuses/views/views.ts'
import { Html } from '../components/html.tsx'
import { Head } from '../components/layout.tsx'
import { useFormats, useMessages } from '../components/page-context.ts'
import { Status, statusPath } from '../components/status.tsx'
import type { Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { fragment, page } from '../page.tsx'
import { HttpProblem } from '../problem.ts'
import { wantsPart } from '../wants-part.ts'
import { statusIdOf } from './status-id.ts'

/** A status in the reader's language, above the original, by the operator's translator. A script shows it in place of the text. */
export const translations = new Hono<Env>().get('/statuses/:id/translation', requireViewer, async (c) => {
  const { app, formats } = c.var
  const { t } = c.var.messages
  const me = viewerOf(c).accountId
  // Another site can't make this server send texts to the translator.
  if (c.req.header('Sec-Fetch-Site') === 'cross-site') throw new HttpProblem(403, 'errors.otherSite')
  await countAttempt(app, `translations of ${me}`, { count: 60, minutes: 5 })
  const id = statusIdOf(c)
  // The link is offered for posts in other languages than the page's.
  const translation = await translateStatus(app, me, id, c.var.messages.locale)
  const found = await loadStatusView(app.db, me, id)
  const status = found?.reblog ?? found
  if (!status) throw new Error('A translated status is visible')
  if (wantsPart(c)) return fragment(c, <InPlace translation={translation} status={status} />)
  return page(
    c,
    t('translation.title'),
    <>
      <Head title={t('translation.title')} />
      <section class="sheet translation" lang={translation.language} dir="auto">
        <Words translation={translation} status={status} />
      </section>
      <p class="aside hint">
        {t('translation.by', { language: formats.language(translation.sourceLanguage) ?? translation.sourceLanguage })}{' '}
        <a href={`${statusPath(status)}#post-${status.id}`}>{t('why.back')}</a>
      </p>
      <h2 class="section-title">{t('translation.original')}</h2>
      <div class="feed">
        <Status status={status} level={3} />
      </div>
    </>,
  )
})

type Props = { translation: Translation; status: StatusView }

/** The translation of everything in a post that has words. */
const Words: FC<Props> = ({ translation, status }) => {
  const titles = translation.poll?.options ?? []
  const descriptions = translation.media.flatMap(({ description }) => description ?? [])
  return (
    <>
      {translation.spoilerText && (
        <p>
          <strong>{translation.spoilerText}</strong>
        </p>
      )}
      {translation.content && (
        <Html
          html={translation.content}
          isOwn={false}
          language={translation.language}
          mentions={status.mentions}
          tags={status.tags}
          emojis={status.emojis}
        />
      )}
      {titles.length > 0 && (
        <ul>
          {titles.map((title) => (
            <li>{title}</li>
          ))}
        </ul>
      )}
      {descriptions.map((description) => (
        <p class="hint">{description}</p>
      ))}
    </>
  )
}

/** What `islands/translate.ts` puts in the place of a text. */
const InPlace: FC<Props> = ({ translation, status }) => {
  const { t } = useMessages()
  const { language } = useFormats()
  const { sourceLanguage } = translation
  return (
    <div class="translated">
      <div lang={translation.language} dir="auto" tabindex={-1}>
        <Words translation={translation} status={status} />
      </div>
      <p class="post-translate">
        {t('translation.from', { language: language(sourceLanguage) ?? sourceLanguage })}{' '}
        <button type="button" class="link-button">
          {t('translation.showOriginal')}
        </button>
      </p>
    </div>
  )
}
