import type { Uris } from '#src/platform/uris.ts'
import type { CollectionItemView, CollectionView } from '#src/reading/collections/views.ts'
import { escapeText } from '#src/text/html/escape.ts'
import { toDateTime } from './dates.ts'

/**
 * A list of accounts that somebody recommends.
 *
 * @see https://docs.joinmastodon.org/entities/Collection/
 */
export const toCollection = (view: CollectionView, uris: Uris) => ({
  id: view.id,
  account_id: view.accountId,
  uri: view.uri ?? uris.collection(view.id),
  url: view.isLocal ? uris.collectionPage(view.id) : view.url,
  name: view.name,
  description: escapeText(view.description),
  language: view.language,
  local: view.isLocal,
  sensitive: view.isSensitive,
  discoverable: view.isDiscoverable,
  tag: view.tag && { name: view.tag.displayName, url: uris.tag(view.tag.name) },
  created_at: toDateTime(view.createdAt),
  updated_at: toDateTime(view.updatedAt),
  item_count: view.items.length,
  items: view.items.map(toCollectionItem),
})

/** @see https://docs.joinmastodon.org/entities/CollectionItem/ */
export const toCollectionItem = ({ id, accountId, state, createdAt }: CollectionItemView) => ({
  id,
  account_id: accountId,
  state,
  created_at: toDateTime(createdAt),
})
