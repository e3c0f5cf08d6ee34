import type { Refusal } from '#src/platform/errors.ts'
import { collectionsOf, loadCollectionViews } from '#src/reading/collections/views.ts'
import { Form, NoticeBox, Refused } from '../../components/form.tsx'
import { Head } from '../../components/layout.tsx'
import type { C } from '../../env.ts'
import { viewerOf } from '../../guards.tsx'
import { page } from '../../page.tsx'
import { statusOf } from '../../problem.ts'
import { CollectionFields, inputIn } from './fields.tsx'
import { CollectionList, pageSize } from './list.tsx'

/** The viewer's collections, and the form that makes one. */
export async function ownCollectionsPage(c: C, refusal: Refusal | null = null): Promise<Response> {
  const { app, form, messages } = c.var
  const { t } = messages
  const { accountId } = viewerOf(c)
  const ids = await collectionsOf(app.db, accountId, accountId, { limit: pageSize, offset: 0 })
  const collections = await loadCollectionViews(app.db, accountId, ids)
  return page(
    c,
    t('collections.title'),
    <>
      <Head title={t('collections.title')}>
        <a href="/approvals?show=collections" class="button button-quiet button-small">
          {t('collections.withMe')}
        </a>
      </Head>
      {c.req.query('deleted') && <NoticeBox kind="good">{t('collections.deleted')}</NoticeBox>}
      {collections.length > 0 ? (
        <CollectionList collections={collections} isOwn />
      ) : (
        <div class="empty">{t('collections.none')}</div>
      )}
      <Form action="/collections" class="sheet" label={t('collections.make')}>
        <h2>{t('collections.make')}</h2>
        <Refused refusal={refusal} />
        <CollectionFields refusal={refusal} {...(refusal ? { values: inputIn(form) } : {})} />
        <div class="buttons">
          <button type="submit" class="button">
            {t('collections.makeButton')}
          </button>
        </div>
      </Form>
    </>,
    refusal ? statusOf(refusal) : 200,
  )
}
