import { once } from 'node:events'
import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import type { Config } from '#src/platform/config.ts'
import { StartError } from '#src/process/runtime.ts'
import { bodyInQuery } from './get-body.ts'
import { type UpgradeHandler, handleUpgrades, wantsWebSocket } from './upgrades.ts'

const finishMs = 10_000
const pollMs = 50

/**
 * Listens for HTTP. `localhost` means both of its addresses, as some clients try only one of them.
 * Disposing of it stops accepting connections, and waits up to 10 seconds for unfinished answers.
 *
 * @throws StartError when the port is taken or not permitted
 */
export async function listen(
  { host, port }: Pick<Config, 'host' | 'port'>,
  handle: UpgradeHandler,
): Promise<AsyncDisposable> {
  const servers: Server[] = []
  for (const address of host === 'localhost' ? ['127.0.0.1', '::1'] : [host]) {
    try {
      servers.push(await listenOn(address, port, handle))
    } catch (error) {
      if (address === '::1' && isWithoutIpv6(error)) continue
      await Promise.all(servers.map(close))
      throw new StartError(refusal(error, host, port), { cause: error })
    }
  }
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map(close))
    },
  }
}

async function listenOn(address: string, port: number, handle: UpgradeHandler): Promise<Server> {
  const server = createAdaptorServer({
    fetch: async (request, env) => {
      const { incoming } = env as HttpBindings
      const { socket } = incoming
      return handle(await bodyInQuery(request, incoming), socket.remoteAddress ?? '', {
        hangUp: () => void socket.destroy(),
      })
    },
    // Keeps the global Request and Response, so that the server uses the same classes as code and tests without it.
    overrideGlobalObjects: false,
    // Videos of 99 MB are uploaded over slow lines, too; `readBytes` gives all other bodies a minute.
    serverOptions: {
      headersTimeout: 15_000,
      requestTimeout: 600_000,
      keepAliveTimeout: 20_000,
      shouldUpgradeCallback: wantsWebSocket,
    },
  }) as Server
  handleUpgrades(server, handle)
  server.maxRequestsPerSocket = 10_000
  server.maxConnections = 10_000
  server.listen(port, address)
  await once(server, 'listening')
  return server
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const deadline = performance.now() + finishMs
  // Keep-alive connections become idle one by one, as their answers end.
  while (performance.now() < deadline) {
    server.closeIdleConnections()
    if ((await Promise.race([closed, sleep(pollMs, 'open')])) !== 'open') return
  }
  server.closeAllConnections()
  await closed
}

function refusal(error: unknown, host: string, port: number): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `Port ${port} of ${host} is taken by another program; stop that, or set PORT`
  if (code === 'EACCES') return `Port ${port} is for root only; set PORT to a number above 1023`
  return `HOST=${host} can't be listened on: ${error instanceof Error ? error.message : String(error)}`
}

const isWithoutIpv6 = (error: unknown): boolean =>
  ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes((error as NodeJS.ErrnoException).code ?? '')
