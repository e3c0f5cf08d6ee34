/** Decodes web pages of any encoding. */
import { readTags } from '../../text/html/tags.ts'

const scanned = 4_096

/** Decodes a page by its byte order mark, else the charset of the response, else that of a meta tag, else as UTF-8. */
export function decodePage(body: Buffer, contentType: string): string {
  const encoding = byMark(body) ?? charsetOf(contentType) ?? byMeta(body.toString('latin1', 0, scanned))
  return decoder(encoding ?? 'utf-8').decode(body)
}

const charsetOf = (type: string): string | undefined => /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(type)?.[1]

function byMeta(html: string): string | undefined {
  let encoding: string | undefined
  readTags(html, {
    onOpen(name, { charset, content = '' }) {
      if (name === 'meta') encoding ??= charset?.trim() || charsetOf(content)
    },
  })
  return encoding
}

function byMark(body: Buffer): string | null {
  if (body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf) return 'utf-8'
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be'
  return body[0] === 0xff && body[1] === 0xfe ? 'utf-16le' : null
}

function decoder(label: string): TextDecoder {
  try {
    return new TextDecoder(label)
  } catch {
    return new TextDecoder()
  }
}
