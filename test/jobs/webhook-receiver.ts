import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

type Got = { event: string; created_at: string; object: Record<string, unknown>; body: string; signature: string }

/** A server that receives webhooks, and answers what `answers` says, else 200. */
export async function receiver() {
  const got: Got[] = []
  const answers: { status: number; location?: string }[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      got.push({ ...JSON.parse(body), body, signature: String(request.headers['x-hub-signature']) })
      const { status: code, location } = answers.shift() ?? { status: 200 }
      response.writeHead(code, location ? { location } : {}).end('x'.repeat(100_000))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return {
    url,
    got,
    answers,
    isSigned: (one: Got | undefined, secret: string) =>
      one?.signature ===
      `sha256=${createHmac('sha256', secret)
        .update(one?.body ?? '')
        .digest('hex')}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
