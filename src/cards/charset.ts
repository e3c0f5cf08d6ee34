/** The text of a web page, in whatever encoding it comes. */
const scanned = 4_096

/** Decodes a page: by its byte order mark, what the server says, what the page says, or as UTF-8. */
export function decodePage(body: Buffer, contentType: string): string {
  const named = byMark(body) ?? /charset="?([\w.:-]{1,40})/i.exec(contentType)?.[1] ?? /<meta[^>]{0,200}charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(body.toString('latin1', 0, scanned))?.[1]
  return decoder(named ?? 'utf-8').decode(body)
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
