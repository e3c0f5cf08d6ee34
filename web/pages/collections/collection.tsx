import type { Child } from 'hono/jsx'
import { loadAccountViews } from '#src/accounts/views.ts'
import type { CollectionId } from '#src/platform/ids.ts'
import { loadCollection } from '#src/reading/collections/views.ts'
import { loadRelationships } from '#src/relationships/views.ts'
import { AccountRow, Name, profilePath } from '../../components/account.tsx'
import { Form, NoticeBox } from '../../components/form.tsx'
import { Head } from '../../components/layout.tsx'
import { Warning } from '../../components/warning.tsx'
import type { C } from '../../env.ts'
import { page } from '../../page.tsx'

/** The page of a collection, for everybody who has its link. */
export async function collectionPage(c: C, id: CollectionId): Promise<Response> {
  const { app, session, messages } = c.var
  const { t, rich } = messages
  const viewer = session.viewer?.accountId ?? null
  const collection = await loadCollection(app.db, viewer, id)
  const ids = collection.items.map((item) => item.accountId)
  const [people, relationships] = await Promise.all([
    loadAccountViews(app.db, [...new Set([collection.accountId, ...ids])]),
    viewer ? loadRelationships(app.db, viewer, ids) : [],
  ])
  const owner = people.find((account) => account.id === collection.accountId)
  const isOwn = viewer === collection.accountId
  const own = collection.items.find((item) => item.accountId === viewer)
  const rows = collection.items.flatMap((item): Child[] => {
    const account = people.find((person) => person.id === item.accountId)
    return account
      ? [<AccountRow account={account} relationship={relationships.find((one) => one.id === account.id)} />]
      : []
  })
  const list = <div class="people">{rows}</div>
  return page(
    c,
    {
      title: collection.name,
      description: collection.description,
      canonical: collection.isLocal ? app.uris.collectionPage(id) : (collection.url ?? ''),
      isPrivate: !collection.isLocal || !collection.isDiscoverable || collection.isSensitive,
    },
    <>
      <Head title={<bdi>{collection.name}</bdi>}>
        {isOwn && (
          <a href={`/collections/${id}/edit`} class="button button-quiet button-small">
            {t('collections.edit')}
          </a>
        )}
      </Head>
      {c.req.query('left') && <NoticeBox kind="good">{t('collections.left')}</NoticeBox>}
      <div class="sheet collection-about">
        {collection.description && (
          <p dir="auto" lang={collection.language ?? undefined}>
            {collection.description}
          </p>
        )}
        <p class="hint">
          {owner &&
            rich('collections.by', {
              name: (
                <a href={profilePath(owner)}>
                  <Name account={owner} />
                </a>
              ),
            })}
          {!collection.isLocal && collection.url && (
            <>
              {' · '}
              <a href={collection.url} rel="nofollow noopener noreferrer" target="_blank">
                {t('collections.origin')}
              </a>
            </>
          )}
          {collection.tag && (
            <>
              {' · '}
              <a href={`/tags/${encodeURIComponent(collection.tag.name)}`}>
                <bdi>#{collection.tag.displayName}</bdi>
              </a>
            </>
          )}
        </p>
      </div>
      {rows.length === 0 ? (
        <div class="empty">{t(isOwn ? 'collections.emptyOwn' : 'collections.empty')}</div>
      ) : collection.isSensitive ? (
        <Warning words={t('collections.isSensitive')}>{list}</Warning>
      ) : (
        list
      )}
      {own && !isOwn && (
        <section class="sheet collection-leave" aria-label={t('collections.leave')}>
          <p>{t('collections.leaveText')}</p>
          <Form action={`/collections/${id}/leave/${own.id}`}>
            <button type="submit" class="button button-quiet">
              {t('collections.leave')}
            </button>
          </Form>
        </section>
      )}
    </>,
  )
}
