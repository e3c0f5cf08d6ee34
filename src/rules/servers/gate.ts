/**
 * Where the rules about other servers hold, both ways:
 *
 * | door | what asks |
 * |---|---|
 * | every request that goes out, and each of its redirects: documents, keys, WebFinger, deliveries, media, previews | this gate, in `platform/http/client.ts` |
 * | what is posted to an inbox: its signer, its actor | `federation/incoming/inbox.ts` |
 * | the same when it is worked off, and what it is about: boosted, liked, reported … | `federation/incoming/received.ts` |
 * | who signed a request for a document | `federation/serving/signer.ts` |
 * | profiles, with their pictures and emojis, before they are stored | `accounts/receive.ts` |
 * | files of posts, before they are stored | `statuses/receive.ts` |
 * | pictures of emojis that people react with, before they are stored | `statuses/interactions/react.ts` |
 * | what was here before | the job in `apply.ts`, by which all that asks for `suspended_at` and `silenced_at` follows |
 */
import type { Db } from '../../platform/db/index.ts'
import type { Gate } from '../../platform/http/client.ts'
import { rulebook } from './current.ts'
import { ruleHost, effectiveRule } from './rulebook.ts'

/** Whom this server talks to, and whose files and pages it looks at. That only some servers are allowed is about talking. */
export function domainGate(db: Db): Gate {
  return async (url, purpose) => {
    if (purpose === 'service') return true
    const book = await rulebook(db)
    if (purpose === 'federation') return effectiveRule(book, ruleHost(url)).severity !== 'suspend'
    const { severity, rejectsMedia } = effectiveRule({ ...book, isLimited: false }, ruleHost(url))
    return purpose === 'media' ? !rejectsMedia : severity !== 'suspend'
  }
}
