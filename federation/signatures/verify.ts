/** Who signed a request. */
import type { Core } from '../core.ts'
import { type Budget, newBudget } from '../documents.ts'
import { digestFits, parseCavage, verifyCavage } from './cavage.ts'
import { type PeerKey, peerKey } from './peer-keys.ts'

/** The actor behind a request, or why it isn't believed: in words for the log and for whoever debugs the other server. */
export type Verdict = { actor: string; keyId: string } | { status: 400 | 401 | 503; problem: string }

const toleranceMs = 3_600_000
const algorithms = new Set(['rsa-sha256', 'hs2019'])
const no = (problem: string): Verdict => ({ status: 401, problem })
/** Servers that are told so try again later. */
const unavailable: Verdict = { status: 503, problem: 'The server of the key can’t be asked at the moment' }

/**
 * Checks a request's signature, of either kind: that it covers all that matters, was made for us and lately, and by a key
 * that belongs to an actor. Reaches the network when the key is not known yet.
 *
 * @param body what was posted, or null for a GET
 */
export async function verifySignature(core: Core, request: Request, body: Buffer | null): Promise<Verdict> {
  const budget = newBudget(6, 10_000)
  if (request.headers.has('Signature-Input')) return verifyMessageSignature(core, request, body, budget)
  const header = request.headers.get('Signature')
  const signed = header === null ? null : parseCavage(header)
  if (!signed) return no('The request is not signed')
  const gap = missing(signed.covered, body)
  if (gap) return no(`The signature does not cover ${gap}`)
  if (!algorithms.has(signed.algorithm)) return no('The signature has an unknown algorithm')

  const date = request.headers.get('Date')
  const time = signed.covered.includes('date') && date !== null ? Date.parse(date) : signed.created === null ? Number.NaN : signed.created * 1_000
  if (Number.isNaN(time)) return { status: 400, problem: 'The date can’t be read' }
  if (Math.abs(Date.now() - time) > toleranceMs) return no('The date is more than an hour off')
  if (signed.expires !== null && signed.expires * 1_000 < Date.now() - toleranceMs) return no('The signature has expired')
  if (body && !digestFits(request.headers.get('Digest') ?? '', body)) return no('The digest is not that of the body')

  const target = { method: request.method, url: new URL(request.url), host: new URL(core.uris.origin).host, headers: request.headers }
  return withKey(core, signed.keyId, budget, async (key) => verifyCavage(signed, key.pem, target))
}

function missing(covered: string[], body: Buffer | null): string | undefined {
  const needed = ['(request-target)', 'host', ...(body ? ['digest'] : [])]
  if (!covered.includes('date') && !covered.includes('(created)')) return 'date'
  return needed.find((name) => !covered.includes(name))
}

/** Tries a key, and where it does not fit, once more the one that its owner has now. */
async function withKey(core: Core, keyId: string, budget: Budget, fits: (key: PeerKey) => Promise<boolean>): Promise<Verdict> {
  const key = await peerKey(core, keyId, budget)
  if (key === 'unavailable') return unavailable
  if (!key) return no('The key can’t be had, or its owner does not confirm it')
  if (await fits(key)) return { actor: key.owner, keyId }
  const renewed = await peerKey(core, keyId, budget, true)
  if (renewed === 'unavailable') return unavailable
  return renewed && renewed.pem !== key.pem && (await fits(renewed)) ? { actor: renewed.owner, keyId } : no('The signature is wrong')
}

/**
 * HTTP message signatures, checked by Fedify, which does not ask for any particular part to be covered.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9421
 */
async function verifyMessageSignature(core: Core, request: Request, body: Buffer | null, budget: Budget): Promise<Verdict> {
  const input = request.headers.get('Signature-Input') ?? ''
  const [, members, parameters] = /^\s*[a-z*][a-z0-9_*.-]*=\(([^()]*)\)([^()]*)$/.exec(input) ?? []
  const keyId = /;\s*keyid="([^"]+)"/i.exec(parameters ?? '')?.[1]
  // One signature with plain components: which of several was checked would be unclear.
  if (members === undefined || keyId === undefined) return no('The signature’s input can’t be read')
  const covered = members.split(' ').filter(Boolean)
  const has = (name: string) => covered.includes(`"${name}"`)
  if (!has('@method')) return no('The signature does not cover @method')
  if (!has('@target-uri') && !(has('@path') && has('@authority'))) return no('The signature does not cover @target-uri')
  if (body && !has('content-digest')) return no('The signature does not cover content-digest')

  const { pathname, search } = new URL(request.url)
  const headers = new Headers(request.headers)
  headers.set('host', new URL(core.uris.origin).host)
  const asSigned = () => new Request(core.uris.origin + pathname + search, { method: request.method, headers, ...(body ? { body: new Uint8Array(body) } : {}) })
  const [{ verifyRequest }, { CryptographicKey }, { importPem }] = await Promise.all([import('@fedify/fedify/sig'), import('@fedify/vocab'), import('@fedify/vocab-runtime')])
  return withKey(core, keyId, budget, async ({ pem, owner }) => {
    const key = new CryptographicKey({ id: new URL(keyId), owner: new URL(owner), publicKey: await importPem(pem) })
    const nothing = async (url: string): Promise<never> => {
      throw new Error(`${url} is not fetched`)
    }
    const verified = await verifyRequest(asSigned(), {
      spec: 'rfc9421',
      documentLoader: nothing,
      contextLoader: nothing,
      keyCache: { get: async () => key, set: async () => {} },
    }).catch(() => null)
    return verified !== null
  })
}
