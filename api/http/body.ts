import { readBytes } from '#src/platform/http/body.ts'
import { isJsonWithin } from '#src/text/json-depth.ts'
import type { ApiContext } from '../env.ts'
import { ApiError } from './errors.ts'
import { nest } from './names.ts'

/** Bytes of a body, and of one that may bring files: two images of 16 MB. */
const maxBytes = { text: 1_048_576, files: 35_651_584 }
const maxPairs = 1_000
const maxDepth = 32

/**
 * Parses a body in any of the three formats. Without a content type, or with text/plain, it is read as a form, as some
 * apps send forms so.
 *
 * @throws ApiError 400 for a malformed body, 413 for too many parameters; BodyError for a body that can't be read at
 *   all
 */
export async function readBody(c: ApiContext, kind: keyof typeof maxBytes): Promise<Record<string, unknown>> {
  const bytes = await readBytes(c.req.raw, maxBytes[kind])
  if (bytes.byteLength === 0) return {}
  const type = c.req.header('Content-Type') ?? ''
  if (/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) return parseJson(decode(bytes))
  if (/^multipart\/form-data\b/i.test(type)) return nest(bounded([...(await parseMultipart(bytes, type))]))
  return nest(bounded([...new URLSearchParams(decode(bytes))]))
}

/** The parameters of the query. */
export const readQuery = (c: ApiContext): Record<string, unknown> => nest(bounded([...new URL(c.req.url).searchParams]))

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ApiError(400, 'The request is not UTF-8')
  }
}

function parseJson(text: string): Record<string, unknown> {
  if (!isJsonWithin(maxDepth, text)) throw new ApiError(400, 'The request is nested too deep')
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : {}
  } catch {
    throw new ApiError(400, 'The request is not valid JSON')
  }
}

async function parseMultipart(bytes: Buffer<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { 'Content-Type': type } }).formData()
  } catch {
    throw new ApiError(400, 'The request is not a valid form')
  }
}

function bounded<Pair>(pairs: Pair[]): Pair[] {
  if (pairs.length > maxPairs) throw new ApiError(413, 'The request has too many parameters')
  return pairs
}
