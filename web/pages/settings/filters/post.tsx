import { notFound, type Refusal } from '#src/platform/errors.ts'
import type { StatusId } from '#src/platform/ids.ts'
import { filterLimits } from '#src/reading/filters/manage.ts'
import { loadFilterViews } from '#src/reading/filters/read.ts'
import { loadStatusView } from '#src/statuses/views/views.ts'
import { Field, Form, Refused } from '../../../components/form.tsx'
import { Head } from '../../../components/layout.tsx'
import { Status } from '../../../components/status.tsx'
import type { C } from '../../../env.ts'
import { viewerOf } from '../../../guards.tsx'
import { page } from '../../../page.tsx'
import { statusOf } from '../../../problem.ts'

/** Asks which filter a post is added to. */
export async function filterPostPage(c: C, id: StatusId, refusal: Refusal | null = null): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const { accountId } = viewerOf(c)
  const [found, filters] = await Promise.all([
    loadStatusView(app.db, accountId, id),
    loadFilterViews(app.db, accountId),
  ])
  const status = found?.reblog ?? found
  if (!status) throw notFound()
  const chosen = refusal ? form.text('filter') : (filters[0]?.id ?? '')
  return page(
    c,
    { title: t('filters.post'), isPrivate: true },
    <>
      <Head title={t('filters.post')} />
      <div class="feed feed-quoted">
        <Status status={status} />
      </div>
      <Form action={`/statuses/${id}/filter`} class="sheet" label={t('filters.post')}>
        <Refused refusal={refusal} />
        <p>{t('filters.postText')}</p>
        {filters.length > 0 && (
          <fieldset class="plain-choices">
            <legend>{t('filters.addTo')}</legend>
            {filters.map((filter) => (
              <label class="check">
                <input type="radio" name="filter" value={filter.id} checked={filter.id === chosen} />
                <span>
                  <bdi>{filter.title}</bdi>
                  <small>{t(`filters.short_${filter.action}`)}</small>
                </span>
              </label>
            ))}
            <label class="check">
              <input type="radio" name="filter" value="" checked={chosen === ''} />
              <span>{t('filters.inNew')}</span>
            </label>
          </fieldset>
        )}
        <Field
          name="title"
          label={t('filters.name')}
          hint={t('filters.newHint')}
          value={refusal ? form.text('title') : ''}
          isRefused={refusal !== null}
          maxlength={filterLimits.titleLength}
          autocomplete="off"
        />
        <div class="buttons">
          <button type="submit" class="button">
            {t('filters.post')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
