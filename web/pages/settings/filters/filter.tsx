import type { FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import type { FilterId } from '#src/platform/ids.ts'
import { type FilterView, loadFilterView, type NamedStatus } from '#src/reading/filters/read.ts'
import { loadStatusViews, type StatusView } from '#src/statuses/views/views.ts'
import { Handle, Name } from '../../../components/account.tsx'
import { Form, NoticeBox, Refused } from '../../../components/form.tsx'
import { useMessages } from '../../../components/page-context.ts'
import { summaryOf } from '../../../components/status-summary.ts'
import { statusPath } from '../../../components/status.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { SettingsHead } from '../tabs.tsx'
import { FilterFields, storedValues, valuesIn } from './fields.tsx'

export const filtersPath = '/settings/filters'

/** Posts of a page. */
const shownPosts = 40

/** Whether a filter has neither keywords nor posts. */
export const isEmpty = ({ keywords, statuses }: FilterView): boolean => keywords.length + statuses.length === 0

/** One filter: its settings, keywords and posts. */
export async function filterPage(c: C, id: FilterId, refusal: Refusal | null = null): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const { accountId } = viewerOf(c)
  const filter = await loadFilterView(app.db, accountId, id)
  const asked = Number(c.req.query('from'))
  const from = Number.isSafeInteger(asked) ? Math.max(asked, 0) : 0
  const entries = filter.statuses.toReversed().slice(from, from + shownPosts)
  const views = await loadStatusViews(
    app.db,
    accountId,
    entries.map(({ statusId }) => statusId),
  )
  const path = `${filtersPath}/${id}`
  return page(
    c,
    t('filters.titleOf', { title: filter.title }),
    <>
      <SettingsHead here={filtersPath} />
      {c.req.query('saved') && <NoticeBox kind="good">{t('common.saved')}</NoticeBox>}
      {c.req.query('added') && <NoticeBox kind="good">{t('filters.added')}</NoticeBox>}
      <Form action={path} class="sheet" label={t('filters.titleOf', { title: filter.title })}>
        <h2 dir="auto">{filter.title}</h2>
        {isEmpty(filter) && <NoticeBox>{t('filters.filtersNothing')}</NoticeBox>}
        <Refused refusal={refusal} />
        <FilterFields
          refusal={refusal}
          values={refusal ? valuesIn(form) : storedValues(filter)}
          expiresAt={filter.expiresAt}
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('common.save')}
          </button>
          <a href={filtersPath}>{t('filters.all')}</a>
        </div>
      </Form>
      <Posts filter={filter} entries={entries} views={views} />
      {filter.statuses.length > from + shownPosts && (
        <p class="aside">
          <a href={`${path}?from=${from + shownPosts}#posts`}>{t('filters.olderPosts')}</a>
        </p>
      )}
      <section class="sheet">
        <h2>{t('filters.delete')}</h2>
        <p>{t('filters.deleteText')}</p>
        <details class="sure">
          <summary class="button button-quiet">{t('filters.delete')}</summary>
          <Form action={`${path}/delete`}>
            <button type="submit" class="button button-bad">
              {t('filters.deleteForGood')}
            </button>
          </Form>
        </details>
      </section>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}

/** The posts that a filter names, each with a button that takes it out. */
const Posts: FC<{ filter: FilterView; entries: readonly NamedStatus[]; views: readonly StatusView[] }> = ({
  filter,
  entries,
  views,
}) => {
  const { t } = useMessages()
  return (
    <section class="sheet" id="posts" aria-labelledby="posts-title">
      <h2 id="posts-title">{t('filters.posts')}</h2>
      {entries.length === 0 && <p class="hint">{t('filters.noPosts')}</p>}
      {entries.length > 0 && (
        <ul class="entries">
          {entries.map(({ id, statusId }) => (
            <li>
              <Post status={views.find((view) => view.id === statusId)} />
              <Form action={`${filtersPath}/${filter.id}/posts/${id}/remove`}>
                <button type="submit" class="button button-quiet button-small">
                  {t('common.remove')}
                </button>
              </Form>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

const Post: FC<{ status: StatusView | undefined }> = ({ status }) => {
  const { t } = useMessages()
  if (!status) return <div class="hint">{t('filters.postGone')}</div>
  return (
    <div>
      <a href={statusPath(status.reblog ?? status)}>
        <Name account={status.account} /> <Handle account={status.account} />
      </a>
      <p class="draft-text hint" dir="auto">
        {summaryOf(status)}
      </p>
    </div>
  )
}
