/** What apps may change of a profile: the same parameters at both of its endpoints. */
import type { ProfileInput } from '#src/accounts/profile.ts'
import { updateProfile } from '#src/accounts/profile.ts'
import type { App } from '#src/app.ts'
import { countAction } from '#src/auth/attempts.ts'
import type { AccountId } from '#src/ids.ts'
import { file, flag, given, hash, listIfGiven, type Params, text } from '../../http/params.ts'

export const profileParams = {
  display_name: text().optional(),
  note: text().optional(),
  avatar: file(),
  avatar_description: text().optional(),
  header: file(),
  header_description: text().optional(),
  locked: flag().optional(),
  bot: flag().optional(),
  discoverable: flag().optional(),
  indexable: flag().optional(),
  hide_collections: flag().optional(),
  show_media: flag().optional(),
  show_media_replies: flag().optional(),
  show_featured: flag().optional(),
  attribution_domains: listIfGiven(text(), 200),
  fields_attributes: listIfGiven(hash({ name: text().optional(), value: text().optional() }), 50),
}

/** Changes what was given. @throws Refusal as `updateProfile`, `too_many` */
export async function changeProfile(app: App, accountId: AccountId, params: Params<typeof profileParams>): Promise<void> {
  const input: ProfileInput = given({
    displayName: params.display_name,
    note: params.note,
    isLocked: params.locked,
    isBot: params.bot,
    isDiscoverable: params.discoverable,
    isIndexable: params.indexable,
    hidesCollections: params.hide_collections,
    showsMedia: params.show_media,
    showsMediaReplies: params.show_media_replies,
    showsFeatured: params.show_featured,
    attributionDomains: params.attribution_domains,
    avatar: await bytesOf(params.avatar),
    avatarDescription: params.avatar_description,
    header: await bytesOf(params.header),
    headerDescription: params.header_description,
    fields: params.fields_attributes?.map(({ name = '', value = '' }) => ({ name, value })),
  })
  if (Object.keys(input).length === 0) return
  await countAction(app, 'profiles', accountId)
  await updateProfile(app, accountId, input)
}

const bytesOf = async (upload: File | undefined): Promise<Buffer | undefined> => upload && Buffer.from(await upload.arrayBuffer())
