/** Reads what browsers answer when a passkey was made or used: JSON, in the form of WebAuthn's `toJSON`. */
import { z } from 'zod'
import { isJsonWithin } from '../../text/json-depth.ts'
import { refuse } from '../../text/refusals.ts'

/** WebAuthn's limit of a credential's id, in bytes. */
export const maxCredentialBytes = 1_023

const base64url = z.string().regex(/^[\w-]*$/)
const credentialId = base64url.min(1).max(Math.ceil((maxCredentialBytes * 4) / 3))
const credential = { id: credentialId, rawId: credentialId, type: z.literal('public-key') }

/** How a browser reaches an authenticator. Others than these are left out. */
const transports = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal', 'cable'] as const
type Transport = (typeof transports)[number]
const isTransport = (text: string): text is Transport => transports.some((known) => known === text)

/** The stored transports that browsers know. */
export const knownTransports = (texts: readonly string[]): Transport[] => texts.filter(isTransport)

const newPasskey = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    attestationObject: base64url,
    transports: z.array(z.string()).max(20).default([]).transform(knownTransports),
  }),
})

const usedPasskey = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: base64url,
    authenticatorData: base64url,
    signature: base64url,
    userHandle: base64url.nullish().transform((handle) => handle || undefined),
  }),
})

export type NewPasskey = z.infer<typeof newPasskey>
export type UsedPasskey = z.infer<typeof usedPasskey>

/** The answer of an authenticator that made a passkey. @throws Refusal `unprocessable` */
export const readNewPasskey = (text: string): NewPasskey => read(newPasskey, text)

/** The answer of an authenticator that signed a challenge. @throws Refusal `unprocessable` */
export const readUsedPasskey = (text: string): UsedPasskey => read(usedPasskey, text)

const maxDepth = 10

function read<Schema extends z.ZodType>(schema: Schema, text: string): z.infer<Schema> {
  const parsed = isJsonWithin(maxDepth, text) ? schema.safeParse(parseJson(text)) : null
  if (!parsed?.success) throw refuse('unprocessable', 'passkeyUnreadable')
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
