/** The posts of a demo, in the order of time: posts, threads, direct messages, boosts and favourites. */
import { idAt, type StatusId } from '../platform/ids.ts'
import { dayMs, minuteMs } from '../platform/time.ts'
import type { Uris } from '../platform/uris.ts'
import type { Draft } from '../statuses/prepare.ts'
import type { Crowd, Person, Span } from './people.ts'
import type { Random } from './random.ts'
import { fillers } from './words.ts'

type Visibility = Draft['visibility']

export type Post = {
  id: StatusId
  uri: string
  url: string
  author: Person
  createdAt: Date
  visibility: Visibility
  text: string
  spoilerText: string
  parent: Post | null
  mentioned: Person[]
  hasPicture: boolean
  /** Options of a poll, whose question is the text. */
  poll: DemoPoll | null
  quoted: Post | null
  /** When the author edited the post. */
  editedAt: Date | null
}

type DemoPoll = {
  options: readonly string[]
  isMultiple: boolean
  hidesTotals: boolean
  expiresAt: Date
  votes: { by: Person; positions: number[] }[]
}

/** Somebody's reaction to a post. */
export type Reaction = { post: Post; by: Person; at: Date }

const maxPictures = 1_000
const pictureShare = 0.14
const replyShare = 0.36
const pollShare = 0.02
const quoteShare = 0.03
const editShare = 0.03
/** Replies go to one of this many last posts. */
const attention = 120

/** Writes `count` posts, without boosts. */
export function writePosts(random: Random, uris: Uris, crowd: Crowd, span: Span, count: number): Post[] {
  const posts: Post[] = []
  let pictures = 0
  for (const createdAt of moments(random, span, count)) {
    const parent = random.chance(replyShare) ? findParent(random, posts) : null
    const author = findAuthor(random, crowd, createdAt, parent)
    const visibility = parent
      ? replyVisibility(parent)
      : random.chance(0.03)
        ? 'direct'
        : random.chance(0.07) && author.domain === null
          ? 'private'
          : random.chance(0.12)
            ? 'unlisted'
            : 'public'
    const mentioned = parent
      ? answered(parent, author)
      : visibility === 'direct' || random.chance(0.05)
        ? [addressee(random, crowd, author)]
        : []
    const warns = !parent && random.chance(0.05)
    const hasPicture = !parent && visibility !== 'direct' && pictures < maxPictures && random.chance(pictureShare)
    if (hasPicture) pictures++
    const question = !parent && !hasPicture && random.chance(pollShare) ? random.pick(author.speech.polls) : null
    const quoted =
      !parent && !hasPicture && !question && visibility !== 'direct' && random.chance(quoteShare)
        ? findQuoted(random, posts, author)
        : null
    const said = question?.text ?? write(random, author, parent !== null)
    const id = idAt<StatusId>(createdAt)
    posts.push({
      id,
      uri: author.domain === null ? uris.status(id) : `https://${author.domain}/posts/${id}`,
      url:
        author.domain === null
          ? uris.statusPage(author.username, id)
          : `https://${author.domain}/@${author.username}/${id}`,
      author,
      createdAt,
      visibility,
      text: [...mentioned.map((person) => `@${person.acct}`), said].join(' '),
      spoilerText: warns ? random.pick(author.speech.warnings) : '',
      parent,
      mentioned,
      hasPicture,
      poll: question && makePoll(random, crowd, author, createdAt, question.options, span),
      quoted,
      editedAt: !question && random.chance(editShare) ? soonAfter(random, createdAt, span.end) : null,
    })
  }
  return posts
}

/** Ascending, and closer together towards the end, as with a place that grows. Never whole seconds, which ids would spread. */
function moments(random: Random, { start, end }: Span, count: number): Date[] {
  const length = end.getTime() - start.getTime() - minuteMs
  const times = Array.from({ length: count }, () => start.getTime() + Math.floor(length * (1 - random.next() ** 1.7)))
  return times.sort((a, b) => a - b).map((time) => new Date(time % 1_000 === 0 ? time + 1 : time))
}

const isOpen = (post: Post): boolean => post.visibility === 'public' || post.visibility === 'unlisted'

/** Mostly a recent post; only its recipient answers a direct message. */
function findParent(random: Random, posts: Post[]): Post | null {
  if (posts.length === 0) return null
  const post = posts[Math.max(0, posts.length - 1 - Math.floor(random.next() ** 2 * Math.min(attention, posts.length)))]
  return post && (isOpen(post) || post.visibility === 'direct') ? post : null
}

/** A recent public post, which everybody may quote. */
function findQuoted(random: Random, posts: Post[], author: Person): Post | null {
  const post = posts[posts.length - 1 - Math.floor(random.next() * Math.min(attention, posts.length))]
  return post?.visibility === 'public' && post.author !== author ? post : null
}

function makePoll(
  random: Random,
  { locals, remotes }: Crowd,
  author: Person,
  at: Date,
  options: readonly string[],
  span: Span,
): DemoPoll {
  const isMultiple = random.chance(0.3)
  const voters = random
    .some(author.domain === null ? [...locals, ...remotes] : locals, random.whole(0, 12))
    .filter((by) => by !== author && by.joinedAt <= at)
  const positions = options.map((_, position) => position)
  return {
    options,
    isMultiple,
    hidesTotals: random.chance(0.1),
    // The last ones are still open.
    expiresAt: new Date(at.getTime() + (at.getTime() > span.end.getTime() - dayMs ? 7 : 1) * dayMs),
    votes: voters.map((by) => ({
      by,
      positions: isMultiple ? random.some(positions, random.whole(1, 2)) : [random.pick(positions)],
    })),
  }
}

const replyVisibility = (parent: Post): Visibility =>
  parent.visibility === 'direct' ? 'direct' : 'unlisted' === parent.visibility ? 'unlisted' : 'public'

/** The author: a person who has joined already and, for a reply, speaks the language of the parent. */
function findAuthor(random: Random, { locals, remotes }: Crowd, at: Date, parent: Post | null): Person {
  if (parent?.visibility === 'direct') return parent.mentioned[0] ?? parent.author
  const suits = (person: Person) =>
    person.joinedAt <= at && person !== parent?.author && (!parent || person.speech === parent.author.speech)
  // Conversations between remote strangers do not arrive here.
  const from = parent && parent.author.domain !== null ? locals : random.chance(0.45) ? locals : remotes
  for (let tries = 0; tries < 6; tries++) {
    const person = random.pickEarly(from)
    if (suits(person)) return person
  }
  return locals.find((person) => person.joinedAt <= at && person !== parent?.author) ?? random.pick(remotes)
}

const answered = (parent: Post, author: Person): Person[] =>
  [...new Set([parent.author, ...parent.mentioned])].filter((person) => person !== author).slice(0, 3)

/** Another person; a remote author writes to a local person, since other posts would not arrive here. */
function addressee(random: Random, { locals, remotes }: Crowd, author: Person): Person {
  const candidates = author.domain === null && random.chance(0.4) ? remotes : locals
  const chosen = random.pickEarly(candidates)
  return chosen === author ? (candidates.find((person) => person !== author) ?? author) : chosen
}

function write(random: Random, { speech }: Person, isReply: boolean): string {
  const sentences = [random.pick(isReply ? speech.replies : speech.posts)]
  if (!isReply && random.chance(0.2)) sentences.push(random.pick(speech.posts.filter((post) => post !== sentences[0])))
  const text = sentences
    .join(random.chance(0.5) ? '\n\n' : ' ')
    .replace(/\{(\w+)\}/g, (_, name: string) => random.pick(fillers[name] ?? [name]))
  const tags = !isReply && random.chance(0.4) ? random.some(speech.tags, random.whole(1, 2)) : []
  return [text, ...tags.map((tag) => `#${tag}`)].join(' ')
}

/** Boosts, favourites and bookmarks. Reactions of remote people to remote posts are not known here. */
export function react(
  random: Random,
  { locals, remotes }: Crowd,
  posts: Post[],
  span: Span,
): { boosts: Reaction[]; favourites: Reaction[]; bookmarks: Reaction[] } {
  const everybody = [...locals, ...remotes]
  const boosts: Reaction[] = []
  const favourites: Reaction[] = []
  const bookmarks: Reaction[] = []
  const reactions = (post: Post, count: number): Reaction[] =>
    random
      .some(post.author.domain === null ? everybody : locals, count)
      .filter((by) => by !== post.author && by.joinedAt <= post.createdAt)
      .map((by) => ({ post, by, at: soonAfter(random, post.createdAt, span.end) }))
  for (const post of posts) {
    if (!isOpen(post)) continue
    favourites.push(...reactions(post, Math.floor(random.next() ** 6 * 10)))
    if (random.chance(0.12)) boosts.push(...reactions(post, random.whole(1, 3)))
    if (random.chance(0.03)) bookmarks.push(...reactions(post, 1).filter(({ by }) => by.domain === null))
  }
  boosts.push(...talkedAbout(random, locals, posts, boosts, span))
  return { boosts: boosts.sort((a, b) => a.at.getTime() - b.at.getTime()), favourites, bookmarks }
}

const talkMs = 240_000

/** Boosts of the last posts with links, right at the end, so that links trend, too. */
function talkedAbout(random: Random, locals: Person[], posts: Post[], boosts: Reaction[], { end }: Span): Reaction[] {
  const linked = posts
    .filter(
      (post) => post.visibility === 'public' && post.text.includes('https://') && !post.hasPicture && !post.quoted,
    )
    .slice(-4)
  return linked.flatMap((post) => {
    const known = new Set(boosts.filter((boost) => boost.post === post).map(({ by }) => by))
    return random
      .some(locals, 4)
      .filter((by) => by !== post.author && by.joinedAt <= post.createdAt && !known.has(by))
      .map((by) => ({
        post,
        by,
        at: new Date(Math.max(post.createdAt.getTime() + 1, end.getTime() - 1 - Math.floor(random.next() * talkMs))),
      }))
  })
}

/** A moment within two days, mostly within hours, but always before the end. */
export function soonAfter(random: Random, moment: Date, end: Date): Date {
  const delay = 30_001 + Math.floor(random.next() ** 4 * 172_800_000)
  const left = end.getTime() - moment.getTime()
  // Not all at the end itself: their ids would be the same.
  return new Date(moment.getTime() + (delay < left ? delay : Math.floor(random.next() * left)))
}
