/** Tells push services who sends (RFC 8292): a token signed with the key that apps were given as the server's. */
import type { Secrets } from '../../platform/secrets.ts'

const validSeconds = 12 * 3_600

/**
 * A token for the push service of an endpoint.
 *
 * @param contact where its people reach ours: an https or mailto URL
 */
export function vapidToken(
  secrets: Pick<Secrets, 'vapidSign'>,
  endpoint: string,
  contact: string,
  now = Date.now(),
): string {
  const claims = { aud: new URL(endpoint).origin, exp: Math.floor(now / 1_000) + validSeconds, sub: contact }
  const signed = [{ typ: 'JWT', alg: 'ES256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${signed}.${secrets.vapidSign(signed)}`
}
