/** Changes of profiles by apps: both endpoints have the same parameters. */
import { readFile } from 'node:fs/promises'
import type { ProfileInput } from '#src/accounts/profile/profile.ts'
import { updateProfile } from '#src/accounts/profile/profile.ts'
import { countAction } from '#src/accounts/sessions/attempts.ts'
import type { App } from '#src/platform/app.ts'
import type { UploadedFile } from '#src/platform/http/multipart.ts'
import type { AccountId } from '#src/platform/ids.ts'
import { limits } from '#src/rules/limits.ts'
import { flag, withoutUndefined, hashesIfGiven, listIfGiven, type Params, text } from '../../http/params.ts'
import type { UploadedFiles } from '../../http/upload.ts'

/** Largest size of the pictures, in bytes. */
export const profileFiles = { avatar: limits.media.maxImageBytes, header: limits.media.maxImageBytes }

export const profileParams = {
  display_name: text().optional(),
  note: text().optional(),
  avatar_description: text().optional(),
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
  fields_attributes: hashesIfGiven({ name: text().optional(), value: text().optional() }, 50),
}

/** Changes the given fields. @throws Refusal as `updateProfile`, `too_many` */
export async function changeProfile(
  app: App,
  accountId: AccountId,
  params: Params<typeof profileParams>,
  files: UploadedFiles,
): Promise<void> {
  const input: ProfileInput = withoutUndefined({
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
    avatar: await bytesOf(files['avatar']),
    avatarDescription: params.avatar_description,
    header: await bytesOf(files['header']),
    headerDescription: params.header_description,
    fields: params.fields_attributes?.map(({ name = '', value = '' }) => ({ name, value })),
  })
  if (Object.keys(input).length === 0) return
  await countAction(app, 'profiles', accountId)
  await updateProfile(app, accountId, input)
}

const bytesOf = async (upload: UploadedFile | undefined): Promise<Buffer | undefined> => upload && readFile(upload.path)
