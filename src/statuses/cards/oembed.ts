import type { HttpClient } from '../../platform/http/client.ts'
import { webUrl } from '../../platform/web-url.ts'
import { cleanName } from '../../text/clean.ts'
import { maxTitle } from './page.ts'

export type Embed = {
  isPhoto: boolean
  title: string
  authorName: string
  authorUrl: string
  siteName: string
  imageUrl: string | null
}

const maxBytes = 131_072
const timeoutMs = 5_000

/**
 * What a page's oEmbed says of it; null for nothing that can be read. Its HTML is never looked at.
 *
 * @see https://oembed.com
 */
export async function fetchEmbed(http: HttpClient, url: string): Promise<Embed | null> {
  const answer = await http
    .request(url, { purpose: 'media', headers: () => ({ accept: 'application/json' }), maxBytes, timeoutMs })
    .catch(() => null)
  const json = answer?.status === 200 ? parsed(answer.body.toString()) : null
  if (!json) return null
  const text = (name: string) => (typeof json[name] === 'string' ? json[name] : '')
  const isPhoto = json['type'] === 'photo'
  return {
    isPhoto,
    title: cleanName(text('title'), maxTitle),
    authorName: cleanName(text('author_name'), maxTitle),
    authorUrl: webUrl(text('author_url')) ?? '',
    siteName: cleanName(text('provider_name'), maxTitle),
    imageUrl: webUrl(isPhoto ? text('url') : text('thumbnail_url')),
  }
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
