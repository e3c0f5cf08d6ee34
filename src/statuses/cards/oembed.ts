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
 * A page's oEmbed description; null when it can't be fetched or read. Its HTML is ignored.
 *
 * @see https://oembed.com
 */
export async function fetchEmbed(http: HttpClient, url: string): Promise<Embed | null> {
  const response = await http
    .request(url, { purpose: 'media', headers: () => ({ accept: 'application/json' }), maxBytes, timeoutMs })
    .catch(() => null)
  const json = response?.status === 200 ? parseObject(response.body.toString()) : null
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

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
