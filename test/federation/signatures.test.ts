import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { verifyRequest } from '@fedify/fedify/sig'
import { CryptographicKey } from '@fedify/vocab'
import { importPem } from '@fedify/vocab-runtime'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SigningKeys } from '../../federation/signatures/own-keys.ts'
import { digest256, signMessage } from '../../federation/signatures/sign-rfc9421.ts'

const actor = 'https://pipit.test/ap/accounts/1'
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const publicPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString()
const keys = { actor, rsa: { id: `${actor}#main-key`, privateKey, publicPem } } as SigningKeys

async function isAccepted(request: Request): Promise<boolean> {
  const key = new CryptographicKey({
    id: new URL(keys.rsa.id),
    owner: new URL(actor),
    publicKey: await importPem(publicPem),
  })
  const nothing = async (): Promise<never> => {
    throw new Error('Nothing is fetched')
  }
  return (
    (await verifyRequest(request, {
      spec: 'rfc9421',
      documentLoader: nothing,
      contextLoader: nothing,
      keyCache: { get: async () => key, set: async () => {} },
    })) !== null
  )
}

test('another implementation of RFC 9421 accepts what we sign, and nothing that was changed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.webUrl({ withQueryParameters: true }),
      fc.string({ minLength: 1, unit: 'binary' }),
      async (address, body) => {
        const url = new URL(address)
        const signed = {
          'content-type': 'application/activity+json',
          ...(await signMessage(keys, 'POST', url, digest256(body))),
        }
        expect(await isAccepted(new Request(url, { method: 'POST', body, headers: signed }))).toBe(true)
        expect(await isAccepted(new Request(url, { method: 'POST', body: `${body} `, headers: signed }))).toBe(false)
        expect(
          await isAccepted(new Request(`${url.origin}/elsewhere`, { method: 'POST', body, headers: signed })),
        ).toBe(false)
        const fetched = await signMessage(keys, 'GET', url)
        expect(fetched).not.toHaveProperty('content-digest')
        expect(await isAccepted(new Request(url, { headers: fetched }))).toBe(true)
        expect(await isAccepted(new Request(url, { method: 'DELETE', headers: fetched }))).toBe(false)
      },
    ),
    { numRuns: 30 },
  )
})
