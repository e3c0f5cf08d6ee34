/** Sends one delivery over HTTP. */
import type { DueDelivery } from '#src/outgoing/leases.ts'
import type { SignatureKind } from '#src/outgoing/signature.ts'
import type { App } from '#src/platform/app.ts'
import { HttpError, type HttpResponse } from '#src/platform/http/client.ts'
import { getLogger } from '#src/platform/log.ts'
import { activityType } from '../documents/json.ts'
import { type SigningKeys, signingKeys } from '../signatures/own-keys.ts'
import { otherKind, refusesSignature, signRequest } from '../signatures/sign-request.ts'
import { impossible, classifyAnswer, classifySilence, type Attempt } from './classify-answer.ts'

const log = getLogger('federation')
const timeoutMs = 10_000
/** Bytes of an answer that are read so that its connection can be reused. */
const maxAnswerBytes = 16_384

/** A body and its SHA-256 in base64: the same for every inbox. */
export type Body = { body: string; digest: string }
export type Delivery = DueDelivery & { content: Body }

/**
 * Sends a delivery. If the host refuses the signature, tries the other kind, too. Null when it was broken off.
 *
 * @param preferred the kind of signature that the host accepted last
 * @param failures failures of the host in a row before this attempt
 */
export async function send(
  app: App,
  delivery: Delivery,
  preferred: SignatureKind,
  failures: number,
  signal: AbortSignal,
): Promise<(Attempt & { signature: SignatureKind }) | null> {
  try {
    const keys = await signingKeys(app, delivery.accountId)
    if (!keys) return { ...impossible(delivery, 'There is no key to sign with'), signature: preferred }
    const first = await post(app, delivery, keys, preferred, signal)
    if (!refusesSignature(first.status)) return { ...classifyAnswer(delivery, first, failures), signature: preferred }
    // The first answer counts, unless the second is a success.
    const second = await post(app, delivery, keys, otherKind(preferred), signal)
    const isAccepted = second.status >= 200 && second.status < 300
    return {
      ...classifyAnswer(delivery, isAccepted ? second : first, failures),
      signature: isAccepted ? otherKind(preferred) : preferred,
    }
  } catch (error) {
    if (signal.aborted) return null
    if (!(error instanceof HttpError))
      log.error('Delivery to {inbox} could not be tried: {error}', { inbox: delivery.inboxUrl, error })
    const reason = error instanceof Error ? error.message : String(error)
    log.debug('Delivery to {inbox} failed: {reason}', { inbox: delivery.inboxUrl, reason })
    const isPermanent = error instanceof HttpError && error.isPermanent
    return {
      ...(isPermanent ? impossible(delivery, reason) : classifySilence(delivery, reason, failures)),
      signature: preferred,
    }
  }
}

async function post(
  app: App,
  { inboxUrl, content, accountId, followersDigest }: Delivery,
  keys: SigningKeys,
  kind: SignatureKind,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const headers = async (url: URL) => ({
    'content-type': activityType,
    accept: activityType,
    ...(followersDigest && accountId
      ? { 'collection-synchronization': synchronization(app.uris.followers(accountId), followersDigest) }
      : {}),
    ...(await signRequest(kind, keys, 'POST', url, content.digest)),
  })
  return app.http.request(inboxUrl, {
    purpose: 'federation',
    method: 'POST',
    body: content.body,
    headers,
    timeoutMs,
    maxBytes: maxAnswerBytes,
    truncates: true,
    isOneOfMany: true,
    signal,
  })
}

/** @see https://codeberg.org/fediverse/fep/src/branch/main/fep/8fcf/fep-8fcf.md */
const synchronization = (followers: string, digest: string): string =>
  `collectionId="${followers}", url="${followers}/synchronization", digest="${digest}"`
