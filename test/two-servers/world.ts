/** Whole instances in processes of their own, which federate over TLS on loopback. */
import { afterAll } from 'vitest'
import { eventually } from '../patience.ts'
import { dataFolder, freePort } from '../runtime/process.ts'
import { type Instance, instance, type Person } from './instance.ts'
import { certificate, type Front, tlsFront } from './tls.ts'

export type Host = Instance & {
  /** Host of its handles. */
  host: string
  /** The TLS proxy between it and the others. */
  front: Front
}

export type World = AsyncDisposable & { hosts: Host[] }

/** Starts instances that trust one another's certificates, each with settings of its own. */
export async function world(...settings: NodeJS.ProcessEnv[]): Promise<World> {
  const closing = new AsyncDisposableStack()
  const folder = closing.use(await dataFolder())
  const trusted = await certificate(folder.path)
  const hosts = await Promise.all(
    settings.map(async (env): Promise<Host> => {
      const port = await freePort()
      const front = closing.use(await tlsFront(trusted, port))
      const host = `localhost:${front.port}`
      const started = closing.use(
        await instance({ PORT: String(port), ORIGIN: `https://${host}`, NODE_EXTRA_CA_CERTS: trusted.file, ...env }),
      )
      return { ...started, host, front }
    }),
  )
  return { hosts, [Symbol.asyncDispose]: () => closing[Symbol.asyncDispose]() }
}

/** Three instances with an account on each, for all tests of a file. */
export async function threeServers(): Promise<
  Record<'one' | 'two' | 'three', Host> & Record<'alice' | 'bob' | 'carol', Person>
> {
  const worlds = await world({}, {}, {})
  afterAll(() => worlds[Symbol.asyncDispose]())
  const [one, two, three] = worlds.hosts as [Host, Host, Host]
  const [alice, bob, carol] = await Promise.all([one.person('alice'), two.person('bob'), three.person('carol')])
  return { one, two, three, alice, bob, carol }
}

/** Makes an account follow one of another instance, and waits until both sides know. */
export async function befriend(follower: Person, followed: Person): Promise<void> {
  const {
    accounts: [found],
  } = await follower.find(followed.handle)
  if (!found) throw new Error(`${followed.handle} was not found`)
  await follower.post(`/v1/accounts/${found.id}/follow`)
  await eventually(
    async () =>
      (await follower.get<{ following: boolean }[]>(`/v1/accounts/relationships?id[]=${found.id}`))[0]!.following,
  )
}
