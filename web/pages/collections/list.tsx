import type { FC } from 'hono/jsx'
import type { CollectionView } from '#src/reading/collections/views.ts'
import { Icon } from '../../components/icons.tsx'
import { useMessages } from '../../components/page-context.ts'

/** Collections that a page shows. */
export const pageSize = 40

/** Collections as links to their pages; `isOwn` adds links to their forms. */
export const CollectionList: FC<{ collections: readonly CollectionView[]; isOwn?: boolean }> = ({
  collections,
  isOwn = false,
}) => {
  const { t } = useMessages()
  return (
    <ul class="rows">
      {collections.map(({ id, name, description, items, isDiscoverable }) => (
        <li class="row">
          <a href={`/collections/${id}`} class="row-main">
            <Icon name="people" />
            <span class="row-text">
              <bdi class="name">{name}</bdi>
              {description && <span dir="auto">{description}</span>}
              <span class="hint">
                {t('collections.people', { count: items.length })}
                {!isDiscoverable && ` · ${t('collections.unlisted')}`}
              </span>
            </span>
          </a>
          {isOwn && (
            <a
              href={`/collections/${id}/edit`}
              class="button button-quiet button-small"
              aria-label={t('collections.editNamed', { name })}
            >
              {t('collections.edit')}
            </a>
          )}
        </li>
      ))}
    </ul>
  )
}
