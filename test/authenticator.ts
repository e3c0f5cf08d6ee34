/** An authenticator in software, which also makes the answers that a real one never would. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

/** What a hostile answer has different. */
export type Twist = {
  origin?: string
  rpId?: string
  challenge?: string
  type?: string
  crossOrigin?: boolean
  /** Whether the authenticator knew the person, by a PIN or finger. */
  isVerified?: boolean
  isPresent?: boolean
  counter?: number
  /** In base64url; null: none. */
  userHandle?: string | null
  /** Signs with another key than that of the passkey. */
  key?: KeyObject
  /** A statement about the authenticator's make, in CBOR, and its format. */
  attestation?: { format: string; statement: Buffer }
}

type CreationOptions = { challenge: string; rp: { id?: string }; user: { id: string } }
type RequestOptions = { challenge: string; rpId?: string }

export type SoftPasskey = {
  id: string
  counter: number
  userHandle: string
  key: KeyObject
  /** The answer to a challenge, as `@simplewebauthn/browser` gives it. */
  get(options: RequestOptions, twist?: Twist): string
}

const origin = 'https://pipit.test'
const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()
const flags = { present: 0x01, verified: 0x04, attested: 0x40 }

function authenticatorData(
  rpId: string,
  { isPresent = true, isVerified = true, counter = 0 }: Twist,
  attested?: Buffer,
) {
  const head = Buffer.alloc(5)
  head[0] = (isPresent ? flags.present : 0) | (isVerified ? flags.verified : 0) | (attested ? flags.attested : 0)
  head.writeUInt32BE(counter, 1)
  return Buffer.concat([sha256(rpId), head, attested ?? Buffer.alloc(0)])
}

const clientData = (type: string, challenge: string, twist: Twist) =>
  Buffer.from(
    JSON.stringify({
      type: twist.type ?? type,
      challenge: twist.challenge ?? challenge,
      origin: twist.origin ?? origin,
      crossOrigin: twist.crossOrigin ?? false,
    }),
  )

/** Texts and bytes in CBOR (RFC 8949). */
const text = (value: string) => Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)])
function bytes(value: Buffer): Buffer {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(value.length)
  return Buffer.concat([Buffer.from([0x59]), length, value])
}

/** The public key in the form of COSE: a map of five entries, for ECDSA on P-256. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const point = (at: number, value: string) =>
    Buffer.concat([Buffer.from([at, 0x58, 0x20]), Buffer.from(value, 'base64url')])
  return Buffer.concat([Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]), point(0x21, x), point(0x22, y)])
}

/** Makes a passkey. @returns it, with the answer of the browser. */
export function makePasskey(
  options: CreationOptions,
  twist: Twist = {},
  id = randomBytes(32).toString('base64url'),
): { passkey: SoftPasskey; answer: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const rpId = twist.rpId ?? options.rp.id ?? ''
  const idBytes = Buffer.from(id, 'base64url')
  const attested = Buffer.concat([Buffer.alloc(17), Buffer.from([idBytes.length]), idBytes, coseKey(publicKey)])
  const { format, statement } = twist.attestation ?? { format: 'none', statement: Buffer.from([0xa0]) }
  const attestationObject = Buffer.concat([
    Buffer.from([0xa3]),
    text('fmt'),
    text(format),
    text('attStmt'),
    statement,
    text('authData'),
    bytes(authenticatorData(rpId, twist, attested)),
  ])
  const answer = {
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: clientData('webauthn.create', options.challenge, twist).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
      transports: ['internal', 'telepathy'],
    },
  }
  const passkey: SoftPasskey = {
    id,
    counter: twist.counter ?? 0,
    userHandle: options.user.id,
    key: privateKey,
    get(request, different = {}) {
      const data = authenticatorData(different.rpId ?? request.rpId ?? '', { counter: passkey.counter, ...different })
      const client = clientData('webauthn.get', request.challenge, different)
      const signature = sign('sha256', Buffer.concat([data, sha256(client)]), different.key ?? passkey.key)
      const userHandle = different.userHandle === undefined ? passkey.userHandle : different.userHandle
      return JSON.stringify({
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: signature.toString('base64url'),
          ...(userHandle === null ? {} : { userHandle }),
        },
      })
    },
  }
  return { passkey, answer: JSON.stringify(answer) }
}
