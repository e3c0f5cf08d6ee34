import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A server with LibreTranslate's API, whose translation is shouting. */
export async function translator() {
  const asked: { q: string[]; source: string; target: string; format: string; api_key?: string }[] = []
  const self = { asked, url: '', isDown: false, async [Symbol.asyncDispose]() {} }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    if (self.isDown) return void response.writeHead(500).end()
    response.writeHead(200, { 'content-type': 'application/json' })
    if (request.url === '/lt/languages')
      return void response.end(
        JSON.stringify([
          { code: 'en', name: 'English', targets: ['de', 'en'] },
          { code: 'de', name: 'German', targets: ['en', 'de'] },
        ]),
      )
    const body = JSON.parse(Buffer.concat(chunks).toString())
    asked.push(body)
    const translatedText = body.q.map((text: string) =>
      text.replace(/>[^<]+|^[^<]+/g, (words) => words.toUpperCase().replaceAll('&AMP;', '&amp;')),
    )
    response.end(
      JSON.stringify({
        translatedText,
        ...(body.source === 'auto' ? { detectedLanguage: body.q.map(() => ({ confidence: 90, language: 'de' })) } : {}),
      }),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  self.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/lt/`
  self[Symbol.asyncDispose] = async () => {
    server.closeAllConnections()
    server.close()
  }
  return self
}
