/** The pictures of a demo. A few are drawn; each account and post gets its own files, since deleting it removes its files. */
import { type ProcessedImage, processAvatar, processHeader, processImage } from '../media/images.ts'
import { newFileName } from '../platform/storage/names.ts'
import type { Storage } from '../platform/storage/storage.ts'
import type { Crowd, Person } from './people.ts'
import { draw } from './pictures.ts'
import type { Post } from './posts.ts'
import type { Random } from './random.ts'
import { type Picture, pictureTexts } from './words.ts'

type DemoPicture = { image: ProcessedImage; file: string; preview: string; description: string }
export type DemoFiles = { avatars: Map<Person, string>; headers: Map<Person, string>; pictures: Map<Post, DemoPicture> }

const kinds = Object.keys(pictureTexts) as Picture[]
const drawnPictures = 16
const drawnAvatars = 24
const drawnHeaders = 4
/** The most remote accounts with a picture, as thousands of files would be useless. */
const maxRemoteAvatars = 150

export async function storeFiles(
  storage: Storage,
  random: Random,
  { locals, remotes }: Crowd,
  posts: Post[],
): Promise<DemoFiles> {
  const photos = await drawn(drawnPictures, async (kind, i) => ({
    kind,
    image: await processImage(await draw(random, kind, i % 3 === 0 ? 900 : 1200, i % 3 === 0 ? 1200 : 800)),
  }))
  const faces = await drawn(drawnAvatars, async (kind) => processAvatar(await draw(random, kind, 400, 400)))
  const banners = await drawn(drawnHeaders, async (kind) => processHeader(await draw(random, kind, 1500, 500)))

  const pictures = new Map<Post, DemoPicture>()
  for (const post of posts) {
    if (!post.hasPicture) continue
    const { kind, image } = random.pick(photos)
    pictures.set(post, {
      image,
      file: await store(storage, image.image),
      preview: await store(storage, image.preview),
      description: random.chance(0.85) ? random.pick(pictureTexts[kind]) : '',
    })
  }
  const avatars = new Map<Person, string>()
  for (const person of [...locals, ...remotes.slice(0, maxRemoteAvatars)])
    if (random.chance(0.9)) avatars.set(person, await store(storage, random.pick(faces)))
  const headers = new Map<Person, string>()
  for (const person of locals) if (random.chance(0.6)) headers.set(person, await store(storage, random.pick(banners)))
  return { avatars, headers, pictures }
}

/** One after the other: the machine may be serving people meanwhile. */
async function drawn<T>(count: number, make: (kind: Picture, index: number) => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let i = 0; i < count; i++) made.push(await make(kinds[i % kinds.length] ?? 'dusk', i))
  return made
}

async function store(storage: Storage, content: Buffer): Promise<string> {
  const name = newFileName('webp')
  await storage.put(name, content)
  return name
}
