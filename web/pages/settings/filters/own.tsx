import type { FC } from 'hono/jsx'
import type { Refusal } from '#src/platform/errors.ts'
import { copyLimits } from '#src/reading/filters/copies.ts'
import { type FilterView, loadFilterViews } from '#src/reading/filters/read.ts'
import type { TakenIn } from '#src/reading/filters/take-in.ts'
import { Field, Form, NoticeBox, Refused } from '../../../components/form.tsx'
import { Icon } from '../../../components/icons.tsx'
import { useMessages, usePage } from '../../../components/page-context.ts'
import { Moment } from '../../../components/time.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'
import { SettingsHead } from '../tabs.tsx'
import { FilterFields, valuesIn } from './fields.tsx'
import { filtersPath, isEmpty } from './filter.tsx'

/** What the page says besides the filters. */
export type Answer = {
  /** The refusal of the form of a new filter. */
  refusal?: Refusal
  /** What a file changed. */
  done?: TakenIn
  /** Why a file was not taken in: sentences with their places. */
  problems?: string[]
}

/** All filters of the viewer, the form that makes one, and the files to take them along. */
export async function filtersPage(c: C, { refusal, done, problems }: Answer = {}): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const filters = await loadFilterViews(app.db, viewerOf(c).accountId)
  return page(
    c,
    t('filters.title'),
    <>
      <SettingsHead here={filtersPath} />
      {c.req.query('deleted') && <NoticeBox kind="good">{t('filters.deleted')}</NoticeBox>}
      {done && <NoticeBox kind="good">{t('filters.takenIn', done)}</NoticeBox>}
      {filters.length > 0 ? (
        <>
          <h2 class="section-title">{t('filters.title')}</h2>
          <ul class="rows">
            {filters.map((filter) => (
              <FilterRow filter={filter} />
            ))}
          </ul>
        </>
      ) : (
        <div class="empty">{t('filters.noFilters')}</div>
      )}
      <Form action={filtersPath} class="sheet" label={t('filters.make')}>
        <h2>{t('filters.make')}</h2>
        <Refused refusal={refusal ?? null} />
        <FilterFields refusal={refusal ?? null} {...(refusal ? { values: valuesIn(form) } : {})} />
        <div class="buttons">
          <button type="submit" class="button">
            {t('filters.makeButton')}
          </button>
        </div>
      </Form>
      <section class="sheet" id="file" aria-labelledby="file-title">
        <h2 id="file-title">{t('filters.file')}</h2>
        {problems && <Problems problems={problems} />}
        {filters.length > 0 && (
          <div class="buttons">
            <a href="/settings/filters.json" class="button button-quiet" download="filters.json">
              {t('filters.json')}
            </a>
            <a href="/settings/filters.csv" class="button button-quiet" download="filters.csv">
              {t('filters.csv')}
            </a>
          </div>
        )}
        <Form action={`${filtersPath}/import`} upload label={t('filters.takeIn')}>
          <Field
            name="file"
            type="file"
            label={t('filters.takeIn')}
            hint={t('filters.fileHint', { kilobytes: copyLimits.bytes / 1_000, keywords: copyLimits.keywords })}
            accept=".json,.csv,application/json,text/csv"
            isRefused={problems !== undefined}
            required
          />
          <button type="submit" class="button button-quiet">
            {t('filters.takeInButton')}
          </button>
        </Form>
      </section>
    </>,
    refusal ? statusOf(refusal) : problems ? 422 : 200,
  )
}

const Problems: FC<{ problems: string[] }> = ({ problems }) => (
  <div class="notice notice-bad" role="alert" id="refused">
    <p>{useMessages().t('filters.notTakenIn')}</p>
    <ul class="filter-problems">
      {problems.map((problem) => (
        <li>{problem}</li>
      ))}
    </ul>
  </div>
)

const FilterRow: FC<{ filter: FilterView }> = ({ filter }) => {
  const { id, title, contexts, action, expiresAt, keywords, statuses } = filter
  const { t, rich } = useMessages()
  const isOver = expiresAt !== null && expiresAt <= usePage().now
  return (
    <li class="row">
      <a href={`${filtersPath}/${id}`} class="row-main">
        <Icon name="sliders" />
        <span class="row-text">
          <bdi class="name">{title}</bdi>
          <span class="hint">
            {t(`filters.short_${action}`)} ·{' '}
            {isEmpty(filter)
              ? t('filters.countsNothing')
              : t('filters.counts', { keywords: keywords.length, posts: statuses.length })}
          </span>
          <span class="hint">{contexts.map((context) => t(`filters.context_${context}`)).join(', ')}</span>
          {expiresAt && (
            <span class="hint">
              {rich(isOver ? 'filters.ended' : 'filters.ends', { time: <Moment at={expiresAt} /> })}
            </span>
          )}
        </span>
      </a>
    </li>
  )
}
