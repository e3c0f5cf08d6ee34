import type { AccountView } from '#src/accounts/views.ts'
import type { Uris } from '#src/platform/uris.ts'
import type { FeaturedTag } from '#src/reading/tags/feature.ts'
import { toAccount } from './account.ts'
import { toFeaturedTag } from './featured-tag.ts'

/**
 * The viewer's own profile with the source of its texts, for a form.
 *
 * @see https://docs.joinmastodon.org/entities/Profile/
 */
export function toProfile(view: AccountView, noteSource: string, featuredTags: FeaturedTag[], uris: Uris) {
  const account = toAccount(view, uris)
  const [avatar, header] = [view.avatarFile ? account.avatar : null, view.headerFile ? account.header : null]
  return {
    id: view.id,
    display_name: view.displayName,
    note: noteSource,
    fields: view.fields.map(({ name, source, value, verifiedAt }) => ({
      name,
      value: source ?? value,
      verified_at: verifiedAt ?? null,
    })),
    avatar,
    avatar_static: avatar,
    avatar_description: view.avatarDescription,
    header,
    header_static: header,
    header_description: view.headerDescription,
    locked: view.isLocked,
    bot: account.bot,
    hide_collections: view.hidesCollections,
    discoverable: view.isDiscoverable,
    indexable: view.isIndexable,
    show_media: view.showsMedia,
    show_media_replies: view.showsMediaReplies,
    show_featured: view.showsFeatured,
    attribution_domains: view.attributionDomains,
    featured_tags: featuredTags.map((tag) => toFeaturedTag(tag, uris)),
  }
}
