/** A DNS server on this machine that answers questions for mail servers. */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'

type Answer = { hosts: readonly string[] } | 'silence' | 'failure'

export type DnsServer = AsyncDisposable & { address: string; asked: string[] }

const mx = 15
const name = (host: string): Buffer =>
  Buffer.concat([
    ...host.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
    Buffer.from([0]),
  ])

/** The domain of a question, and where its record ends. */
function question(message: Buffer): { domain: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { domain: labels.join('.').toLowerCase(), end: at + 5 }
}

function answer(query: Buffer, end: number, hosts: readonly string[] | null): Buffer {
  const head = Buffer.from(query.subarray(0, 12))
  // An answer, with recursion; 2 is a failure of the server.
  head.writeUInt16BE(hosts ? 0x8180 : 0x8182, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(hosts?.length ?? 0, 6)
  head.writeUInt32BE(0, 8)
  const records = (hosts ?? []).map((host, priority) => {
    const data = Buffer.concat([Buffer.from([0, priority]), name(host)])
    const record = Buffer.alloc(12)
    // The name is that of the question; class 1 is the internet, and a minute the time to live.
    record.writeUInt16BE(0xc00c, 0)
    record.writeUInt16BE(mx, 2)
    record.writeUInt16BE(1, 4)
    record.writeUInt32BE(60, 6)
    record.writeUInt16BE(data.length, 10)
    return Buffer.concat([record, data])
  })
  return Buffer.concat([head, query.subarray(12, end), ...records])
}

/** @param zone mail servers by domain; a domain that is missing has none */
export async function dnsServer(zone: Record<string, Answer>): Promise<DnsServer> {
  const socket = createSocket('udp4')
  const asked: string[] = []
  socket.on('message', (query, { port, address }) => {
    const { domain, end } = question(query)
    asked.push(domain)
    const found = zone[domain] ?? { hosts: [] }
    if (found !== 'silence') socket.send(answer(query, end, found === 'failure' ? null : found.hosts), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    async [Symbol.asyncDispose]() {
      socket.close()
      await once(socket, 'close')
    },
  }
}
