/** What staff read is checked where it is read, not only at the doors of a side. */
import { expect, test } from 'vitest'
import { bitsOf, type Permission } from '#src/accounts/roles/permissions.ts'
import type { Staff } from '#src/accounts/roles/staff.ts'
import { applicantNames, loadApplicants } from '#src/accounts/sign-up/applicants.ts'
import { domainUses } from '#src/accounts/sign-up/mail-domain-uses.ts'
import { listAllowedDomains, listDomainRules, ruleAbout } from '#src/moderation/domains.ts'
import { listTags, moderatedTagNamed, moderatedTags } from '#src/reading/tags/moderate.ts'
import { listPublishers, type PublisherId, publisherById, publishersNamed } from '#src/reading/trends/publishers.ts'
import { scoredLinks, scoredTags, trendNamed } from '#src/reading/trends/review.ts'
import { scoredStatuses } from '#src/statuses/trendable.ts'
import { database, type TestDatabase } from '../../database.ts'

const page = { limit: 1 }
const readers = {
  manage_taxonomies: [
    ({ db }, staff) => listTags(db, staff, page),
    ({ db }, staff) => moderatedTags(db, staff, []),
    ({ db }, staff) => moderatedTagNamed(db, staff, 'tea'),
    ({ db }, staff) => listPublishers(db, staff, page),
    ({ db }, staff) => publisherById(db, staff, '1' as PublisherId),
    ({ db }, staff) => publishersNamed(db, staff, []),
    ({ db, app }, staff) => scoredTags(db, staff, app.uris, 1),
    ({ db }, staff) => scoredLinks(db, staff, 1),
    ({ db }, staff) => scoredStatuses(db, staff, 1),
    ({ db, app }, staff) => trendNamed(db, staff, app.uris, 'tea'),
  ],
  manage_federation: [
    ({ db }, staff) => ruleAbout(db, staff, 'far.test'),
    ({ db }, staff) => listDomainRules(db, staff),
    ({ db }, staff) => listAllowedDomains(db, staff),
  ],
  manage_blocks: [({ db }, staff) => domainUses(db, staff, [])],
  manage_users: [
    ({ db }, staff) => loadApplicants(db, staff, { isConfirmed: true, after: null, limit: 1 }),
    ({ db }, staff) => applicantNames(db, staff, []),
  ],
} satisfies Partial<Record<Permission, ((t: TestDatabase, staff: Staff) => Promise<unknown>)[]>>

test('each reader of staff’s lists asks for its permission, and no other opens it', async () => {
  await using t = await database()
  const names = Object.keys(readers) as Permission[]
  const staff = (...permissions: Permission[]): Staff => ({
    accountId: null,
    name: 'x',
    permissions: bitsOf(permissions),
    position: 50,
  })
  for (const [name, reads] of Object.entries(readers))
    for (const read of reads) {
      const others = staff(...names.filter((other) => other !== name))
      await expect((async () => read(t, others))(), `${name}: ${read}`).rejects.toMatchObject({ code: 'not_permitted' })
      await read(t, staff(name as Permission))
    }
})
