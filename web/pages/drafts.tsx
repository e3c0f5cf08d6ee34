import { Hono } from 'hono'
import type { FC } from 'hono/jsx'
import { notFound } from '#src/platform/errors.ts'
import { type DraftId, isId } from '#src/platform/ids.ts'
import { type DraftView, listDrafts, removeDraft } from '#src/statuses/drafts.ts'
import { Form } from '../components/form.tsx'
import { Head, Tabs } from '../components/layout.tsx'
import { useMessages } from '../components/page-context.ts'
import { NothingHere, pageOf, Pagination } from '../components/pagination.tsx'
import { Moment } from '../components/time.tsx'
import { unpublishedTabs } from '../components/unpublished.ts'
import type { C, Env } from '../env.ts'
import { requireViewer, viewerOf } from '../guards.tsx'
import { page } from '../page.tsx'

/** A person's drafts. */
export const draftPages = new Hono<Env>()
  .get('/drafts', requireViewer, async (c) => {
    const { messages, app } = c.var
    const wanted = pageOf(c)
    const drafts = await listDrafts(app.db, viewerOf(c).accountId, wanted)
    return page(
      c,
      messages.t('drafts.title'),
      <>
        <Head title={messages.t('drafts.title')}>
          <Tabs label={messages.t('drafts.tabs')} here="/drafts" tabs={unpublishedTabs(messages)} />
        </Head>
        {drafts.length > 0 ? (
          <ul class="drafts">
            {drafts.map((draft) => (
              <DraftEntry draft={draft} />
            ))}
          </ul>
        ) : (
          <div class="empty">
            <NothingHere page={wanted}>
              <p>{messages.t('drafts.empty')}</p>
              <p>
                <a href="/compose">{messages.t('drafts.new')}</a>
              </p>
            </NothingHere>
          </div>
        )}
        <Pagination path="/drafts" page={wanted} cursors={drafts.map(({ id }) => id)} />
      </>,
    )
  })
  .post('/drafts/:id/delete', requireViewer, async (c) => {
    await c.var.app.db.transaction((tx) => removeDraft(tx, viewerOf(c).accountId, idOf(c)))
    return c.redirect('/drafts', 303)
  })

/** Characters of a text that a list shows. */
const excerptLength = 280

/** The beginning of the first text that is not blank; empty if all are. */
export function excerptOf(parts: readonly { text: string; spoilerText?: string }[]): string {
  const texts = parts.flatMap(({ text, spoilerText = '' }) => [spoilerText, text]).map((text) => text.trim())
  const characters = Array.from(texts.find((text) => text !== '') ?? '')
  return characters.length > excerptLength ? `${characters.slice(0, excerptLength).join('')}…` : characters.join('')
}

const DraftEntry: FC<{ draft: DraftView }> = ({ draft: { id, content, media, updatedAt } }) => {
  const { t, rich } = useMessages()
  const excerpt = excerptOf(content.parts)
  const notes = [
    content.parts.length > 1 && t('drafts.parts', { count: content.parts.length }),
    media.length > 0 && t('drafts.files', { count: media.length }),
    content.parts.some(({ poll }) => poll) && t('drafts.poll'),
    content.inReplyToId && t('drafts.reply'),
    content.quotedStatusId && t('drafts.quote'),
  ].filter(Boolean)
  return (
    <li class="draft">
      <p
        class={excerpt ? 'draft-text' : 'draft-text hint'}
        dir="auto"
        lang={(excerpt && content.language) || undefined}
      >
        {excerpt || t('drafts.noText')}
      </p>
      <p class="draft-notes hint">
        <span>{rich('drafts.saved', { moment: () => <Moment at={updatedAt} /> })}</span>
        {notes.map((note) => (
          <span>{note}</span>
        ))}
      </p>
      <div class="draft-actions">
        <a
          href={`/compose?draft=${id}`}
          class="button button-small"
          aria-label={t('drafts.openNamed', { excerpt: excerpt || t('drafts.noText') })}
        >
          {t('drafts.open')}
        </a>
        <details class="sure">
          <summary class="button button-quiet button-small">{t('drafts.delete')}</summary>
          <Form action={`/drafts/${id}/delete`}>
            <button type="submit" class="button button-bad button-small">
              {t('drafts.deleteForGood')}
            </button>
          </Form>
        </details>
      </div>
    </li>
  )
}

function idOf(c: C): DraftId {
  const id = c.req.param('id') ?? ''
  if (!isId(id)) throw notFound()
  return id as DraftId
}
