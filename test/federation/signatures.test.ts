import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { verifyRequest } from '@fedify/fedify/sig'
import { CryptographicKey } from '@fedify/vocab'
import { importPem } from '@fedify/vocab-runtime'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { multikeysOf } from '../../federation/parse/multikey.ts'
import type { SigningKeys } from '../../federation/signatures/own-keys.ts'
import { digest256, signRequest } from '../../federation/signatures/sign-request.ts'
import { fitsProof } from '../../federation/signatures/verify-proof.ts'
import { missingComponent, parseMessageSignatures } from '../../federation/signatures/verify-rfc9421.ts'

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

test('Pipit’s RFC 9421 signatures are valid, and invalid after a change', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.webUrl({ withQueryParameters: true }),
      fc.string({ minLength: 1, unit: 'binary' }),
      async (address, body) => {
        const url = new URL(address)
        const signed = {
          'content-type': 'application/activity+json',
          ...(await signRequest('rfc9421', keys, 'POST', url, digest256(body))),
        }
        expect(await isAccepted(new Request(url, { method: 'POST', body, headers: signed }))).toBe(true)
        expect(await isAccepted(new Request(url, { method: 'POST', body: `${body} `, headers: signed }))).toBe(false)
        expect(
          await isAccepted(new Request(`${url.origin}/elsewhere`, { method: 'POST', body, headers: signed })),
        ).toBe(false)
        const fetched = await signRequest('rfc9421', keys, 'GET', url)
        expect(fetched).not.toHaveProperty('content-digest')
        expect(await isAccepted(new Request(url, { headers: fetched }))).toBe(true)
        expect(await isAccepted(new Request(url, { method: 'DELETE', headers: fetched }))).toBe(false)
      },
    ),
    { numRuns: 30 },
  )
})

test('the Ed25519 example of RFC 9421 (B.2.6) can be read, and covers too little', () => {
  const input =
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"'
  const made = 'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:'
  const [signed] = parseMessageSignatures(input, made) ?? []
  expect(signed).toEqual({
    keyId: 'test-key-ed25519',
    covered: ['date', '@method', '@path', '@authority', 'content-type', 'content-length'],
    algorithm: undefined,
    created: 1_618_884_473,
    expires: undefined,
    // Written again, as Fedify gets it, byte by byte.
    headers: { 'signature-input': input, signature: made },
  })
  // Fedify takes only keys whose ids are URLs, so it can't verify this one.
  const base = [
    '"date": Tue, 20 Apr 2021 02:07:55 GMT',
    '"@method": POST',
    '"@path": /foo',
    '"@authority": example.com',
    '"content-type": application/json',
    '"content-length": 18',
    `"@signature-params": ${signed?.headers['signature-input'].slice('sig-b26='.length)}`,
  ].join('\n')
  const key = createPublicKey(
    '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n',
  )
  const bytes = Buffer.from(String(signed?.headers.signature.slice('sig-b26=:'.length, -1)), 'base64')
  expect(verify(null, Buffer.from(base), key, bytes)).toBe(true)
  const target = { method: 'POST', url: new URL('https://example.com/foo?param=Value&Pet=dog'), headers: new Headers() }
  expect(missingComponent(signed?.covered ?? [], target, true)).toBe('@target-uri')
})

test('the example of FEP-8b32 is a valid proof', () => {
  const [key] = multikeysOf({
    id: 'https://server.example/users/alice',
    assertionMethod: [
      {
        id: 'https://server.example/users/alice#ed25519-key',
        type: 'Multikey',
        controller: 'https://server.example/users/alice',
        publicKeyMultibase: 'z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2',
      },
    ],
  })
  const proof = {
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    verificationMethod: 'https://server.example/users/alice#ed25519-key',
    proofPurpose: 'assertionMethod',
    proofValue: 'z3sXaxjKs4M3BRicwWA9peyNPJvJqxtGsDmpt1jjoHCjgeUf71TRFz56osPSfDErszyLp5Ks1EhYSgpDaNM977Rg2',
    created: '2023-02-24T23:36:38Z',
  }
  const create = {
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/data-integrity/v1'],
    type: 'Create',
    actor: 'https://server.example/users/alice',
    object: { type: 'Note', content: 'Hello world' },
    proof,
  }
  const fits = (document: typeof create) => fitsProof(document, document.proof, createPublicKey(key?.pem ?? ''))
  expect(fits(create)).toBe(true)
  expect(fits({ ...create, object: { type: 'Note', content: 'Hello World' } })).toBe(false)
  expect(fits({ ...create, proof: { ...proof, created: '2023-02-24T23:36:39Z' } })).toBe(false)
})
