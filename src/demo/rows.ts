/** The people and posts of a demo as rows of tables. */
import type { ProcessedImage } from '../media/images.ts'
import { idAt, type MediaId, newId, type RelationId, type StatusId, type TagId } from '../platform/ids.ts'
import type { Uris } from '../platform/uris.ts'
import { hashtagsIn } from '../text/extract.ts'
import { render } from '../text/render.ts'
import type { Crowd, Person } from './people.ts'
import type { Post, Reaction } from './posts.ts'

type Row = Record<string, unknown>

export function accountRow(uris: Uris, person: Person, files: { avatar: string | null; header: string | null }): Row {
  const isLocal = person.domain === null
  const created = person.joinedAt.toISOString()
  return {
    id: person.id,
    username: person.username,
    domain: person.domain,
    uri: person.uri,
    url: person.url,
    actor_type: 'Person',
    display_name: person.displayName,
    note: render(person.bio, 'plain', { mentions: new Map(), tagUrl: uris.tag }),
    note_source: isLocal ? person.bio : '',
    fields: [],
    avatar_file: files.avatar,
    header_file: files.header,
    is_locked: person.isLocked,
    is_discoverable: true,
    is_indexable: true,
    hides_collections: false,
    inbox_url: isLocal ? uris.inbox(person.id) : `${person.uri}/inbox`,
    shared_inbox_url: isLocal ? uris.sharedInbox : `https://${person.domain}/inbox`,
    outbox_url: isLocal ? uris.outbox(person.id) : `${person.uri}/outbox`,
    followers_url: isLocal ? uris.followers(person.id) : `${person.uri}/followers`,
    following_url: isLocal ? uris.following(person.id) : `${person.uri}/following`,
    featured_url: isLocal ? uris.featured(person.id) : null,
    created_at: created,
    updated_at: created,
    fetched_at: isLocal ? null : new Date().toISOString(),
  }
}

/** Their addresses lead nowhere, so they get no mails about mentions. */
export function userRow(person: Person, passwordHash: string): Row {
  const created = person.joinedAt.toISOString()
  return {
    account_id: person.id,
    email: `${person.username}@people.example`,
    password_hash: passwordHash,
    role: 'user',
    confirmed_at: created,
    approved_at: created,
    default_visibility: 'public',
    default_sensitive: false,
    default_language: person.speech.language,
    mails_mentions: false,
    created_at: created,
  }
}

export function followRow(uris: Uris, kind: 'follows' | 'requests', follower: Person, target: Person, at: Date): Row {
  const id = idAt<RelationId>(at)
  return {
    id,
    follower_id: follower.id,
    target_id: target.id,
    uri: follower.domain === null ? uris.activity('follows', id) : `https://${follower.domain}/${kind}/${id}`,
    shows_reblogs: true,
    created_at: at.toISOString(),
  }
}

export function statusRow(uris: Uris, post: Post): Row {
  const { author, parent, mentioned } = post
  const links = new Map(mentioned.map(({ acct, url, username }) => [acct, { url, username, acct }]))
  const at = post.createdAt.toISOString()
  return {
    id: post.id,
    account_id: author.id,
    is_local: author.domain === null,
    has_media: post.hasPicture,
    uri: post.uri,
    url: post.url,
    visibility: post.visibility,
    text: author.domain === null ? post.text : '',
    text_format: 'plain',
    content: quoteLine(post) + render(post.text, 'plain', { mentions: links, tagUrl: uris.tag }),
    spoiler_text: post.spoilerText,
    is_sensitive: post.spoilerText !== '',
    language: author.speech.language,
    in_reply_to_id: parent?.id ?? null,
    in_reply_to_account_id: parent?.author.id ?? null,
    in_reply_to_uri: parent?.uri ?? null,
    edited_at: post.editedAt?.toISOString() ?? null,
    quote_automatic:
      author.domain === null && (post.visibility === 'public' || post.visibility === 'unlisted') ? ['public'] : [],
    quote_manual: [],
    thread_id: rootOf(post).id,
    reblog_of_id: null,
    created_at: at,
    received_at: at,
  }
}

/** The text begins with a link to the quoted post, for apps that can't show quotes. */
const quoteLine = ({ quoted }: Post): string =>
  quoted ? `<p class="quote-inline">RE: <a href="${quoted.url}">${quoted.url}</a></p>` : ''

const rootOf = (post: Post): Post => (post.parent ? rootOf(post.parent) : post)

export function boostRow(uris: Uris, { post, by, at }: Reaction): Row {
  const id = idAt<StatusId>(at)
  const uri = by.domain === null ? uris.activity('announces', id) : `https://${by.domain}/boosts/${id}`
  return {
    id,
    account_id: by.id,
    is_local: by.domain === null,
    has_media: false,
    uri,
    url: by.domain === null ? post.uri : uri,
    visibility: 'public',
    text: '',
    text_format: 'plain',
    content: '',
    spoiler_text: '',
    is_sensitive: false,
    reblog_of_id: post.id,
    thread_id: id,
    created_at: at.toISOString(),
    received_at: at.toISOString(),
  }
}

export const mentionRows = (post: Post): Row[] =>
  post.mentioned.map(({ id }, position) => ({ status_id: post.id, account_id: id, position }))

/** The hashtags of posts, by key, and the pairs of post and hashtag. */
export function tagRows(posts: Post[]): {
  tags: { name: string; display_name: string }[]
  statusTags: { statusId: StatusId; name: string }[]
} {
  const names = new Map<string, string>()
  const statusTags = posts.flatMap((post) =>
    post.text.includes('#')
      ? hashtagsIn(post.text).map(({ name, displayName }) => {
          if (!names.has(name)) names.set(name, displayName)
          return { statusId: post.id, name }
        })
      : [],
  )
  return { tags: [...names].map(([name, display_name]) => ({ name, display_name })), statusTags }
}

export const newTagId = (): TagId => newId<TagId>()

export function mediaRow(
  post: Post,
  image: Omit<ProcessedImage, 'image' | 'preview'>,
  files: { file: string; preview: string },
  description: string,
): Row {
  return {
    id: idAt<MediaId>(post.createdAt),
    account_id: post.author.id,
    status_id: post.id,
    position: 0,
    kind: 'image',
    media_type: 'image/webp',
    file: files.file,
    preview_file: files.preview,
    description,
    width: image.width,
    height: image.height,
    preview_width: image.previewWidth,
    preview_height: image.previewHeight,
    blurhash: image.blurhash,
    focus_x: 0,
    focus_y: 0,
    created_at: post.createdAt.toISOString(),
  }
}

export function favouriteRow({ post, by, at }: Reaction): Row {
  const id = idAt<RelationId>(at)
  return {
    id,
    account_id: by.id,
    status_id: post.id,
    uri: by.domain === null ? null : `https://${by.domain}/likes/${id}`,
    created_at: at.toISOString(),
  }
}

export const bookmarkRow = ({ post, by, at }: Reaction): Row => ({
  id: idAt<RelationId>(at),
  account_id: by.id,
  status_id: post.id,
  created_at: at.toISOString(),
})

/** Favourites and boosts of a status, and followers, are shown as one notification if they are of the same hours. */
const groupKey = (type: string, statusId: StatusId | null, at: Date): string | null =>
  ['favourite', 'reblog', 'follow'].includes(type)
    ? [type, ...(statusId ? [statusId] : []), Math.floor(at.getTime() / 43_200_000) * 12].join('-')
    : null

/** The notifications of local people, in the order of time. */
export function notificationRows(
  crowd: Crowd,
  posts: Post[],
  boosts: Reaction[],
  favourites: Reaction[],
  followed: { follower: Person; target: Person; at: Date }[],
): Row[] {
  const rows: { at: Date; row: Row }[] = []
  const add = (type: string, to: Person, from: Person, statusId: StatusId | null, at: Date) => {
    if (to.domain === null && to !== from)
      rows.push({
        at,
        row: {
          account_id: to.id,
          type,
          from_account_id: from.id,
          status_id: statusId,
          group_key: groupKey(type, statusId, at),
          created_at: at.toISOString(),
        },
      })
  }
  for (const post of posts)
    for (const person of post.mentioned) add('mention', person, post.author, post.id, post.createdAt)
  for (const { post, by, at } of boosts) add('reblog', post.author, by, post.id, at)
  for (const { post, by, at } of favourites) add('favourite', post.author, by, post.id, at)
  for (const { follower, target, at } of followed) add('follow', target, follower, null, at)
  for (const [follower, target] of crowd.requests) add('follow_request', target, follower, null, new Date())
  return rows.sort((a, b) => a.at.getTime() - b.at.getTime()).map(({ row }) => row)
}

export const pollRow = ({ id, poll }: Post): Row[] =>
  poll
    ? [
        {
          status_id: id,
          expires_at: poll.expiresAt.toISOString(),
          kind: poll.isMultiple ? 'multiple' : 'single',
          hides_totals: poll.hidesTotals,
          voters_count: poll.votes.length,
        },
      ]
    : []

export const pollOptionRows = ({ id, poll }: Post): Row[] =>
  (poll?.options ?? []).map((title, position) => ({
    status_id: id,
    position,
    title,
    votes_count: poll?.votes.filter(({ positions }) => positions.includes(position)).length ?? 0,
  }))

export const pollVoteRows = ({ id, poll }: Post): Row[] =>
  (poll?.votes ?? []).flatMap(({ by, positions }) =>
    positions.map((position) => ({ status_id: id, account_id: by.id, position })),
  )

export const quoteRow = ({ id, author, quoted, createdAt }: Post): Row[] =>
  quoted
    ? [
        {
          id,
          status_id: id,
          account_id: author.id,
          quoted_status_id: quoted.id,
          quoted_account_id: quoted.author.id,
          quoted_uri: quoted.uri,
          state: 'accepted',
          created_at: createdAt.toISOString(),
        },
      ]
    : []

/** The earlier revision of an edited post: the same text, with a word too many. */
export function editRow(uris: Uris, post: Post): Row[] {
  if (!post.editedAt) return []
  const text = `${post.text} …`
  return [
    {
      id: idAt(post.createdAt),
      status_id: post.id,
      text: post.author.domain === null ? text : '',
      content: render(text, 'plain', { mentions: new Map(), tagUrl: uris.tag }),
      spoiler_text: post.spoilerText,
      language: post.author.speech.language,
      created_at: post.createdAt.toISOString(),
    },
  ]
}
