/**
 * The places that check the rules about other servers, for outgoing and incoming data:
 *
 * | data | checked by |
 * |---|---|
 * | every outgoing request, and each of its redirects: documents, keys, WebFinger, deliveries, media, previews | this gate, in `platform/http/client.ts` |
 * | activities that arrive at an inbox: their signer and actor | `federation/incoming/inbox.ts` |
 * | the same when their job runs, and the objects that they are about: boosted, liked, reported … | `federation/incoming/received.ts` |
 * | signers of requests for documents | `federation/serving/signer.ts` |
 * | profiles, with their pictures and emojis, before they are stored | `accounts/receive.ts` |
 * | files of posts, before they are stored | `statuses/receive/receive.ts` |
 * | pictures of emoji reactions, before they are stored | `statuses/interactions/react.ts` |
 * | accounts and posts that were stored before the rule | the job in `apply.ts`, which sets `suspended_at` and `silenced_at` |
 */
import type { Db } from '../../platform/db/index.ts'
import type { Gate } from '../../platform/http/client.ts'
import { rulebook } from './current.ts'
import { ruleHost, effectiveRule } from './rulebook.ts'

/** The servers that this server federates with, and loads files and pages from. Limited federation applies only to `federation`. */
export function domainGate(db: Db): Gate {
  return async (url, purpose) => {
    if (purpose === 'service') return true
    const book = await rulebook(db)
    if (purpose === 'federation') return effectiveRule(book, ruleHost(url)).severity !== 'suspend'
    const { severity, rejectsMedia } = effectiveRule({ ...book, isLimited: false }, ruleHost(url))
    return purpose === 'media' ? !rejectsMedia : severity !== 'suspend'
  }
}
