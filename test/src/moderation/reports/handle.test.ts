import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { commandLine, type Staff, staffMember } from '#src/accounts/roles/staff.ts'
import { strike } from '#src/moderation/accounts/strike.ts'
import { addRule } from '#src/moderation/instance-rules.ts'
import { loadNotes, type NoteId } from '#src/moderation/notes.ts'
import { createReport, type ReportInput } from '#src/moderation/reports/create.ts'
import { loadResponseTimes } from '#src/moderation/reports/figures.ts'
import {
  answerReport,
  assignReport,
  changeReport,
  forwardReport,
  reopenReport,
  resolveReport,
  unassignReport,
} from '#src/moderation/reports/handle.ts'
import { loadReport } from '#src/moderation/reports/load.ts'
import { deleteReportNote, writeReportNote } from '#src/moderation/reports/notes.ts'
import { countOpenReports, countReports, loadReportQueue, type ReportFilter } from '#src/moderation/reports/queue.ts'
import type { Tx } from '#src/platform/db/index.ts'
import type { AccountId, ReportId } from '#src/platform/ids.ts'
import { deleteStatus } from '#src/statuses/delete.ts'
import { editStatus } from '#src/statuses/edit.ts'
import { forgetJobs, localAccount, remoteAccount, remoteStatus, status } from '#test/cast.ts'
import { database, type TestDatabase } from '#test/database.ts'

const report = (t: TestDatabase, by: AccountId, input: ReportInput): Promise<ReportId> =>
  t.db.transaction((tx) => createReport(tx, t.app.uris, by, input))
async function moderator(t: TestDatabase, name = 'mod'): Promise<Staff> {
  return staffMember(t.db, await localAccount(t, name, { role: 'moderator' }))
}
const audited = async (t: TestDatabase) =>
  (
    await t.db.execute<{ entry: string }>(
      sql`select target_kind || '.' || action as entry from audit_log where target_kind <> 'rule' order by id`,
    )
  ).rows.map(({ entry }) => entry)

test('a report shows its posts as they were, whatever becomes of them', async () => {
  await using t = await database()
  const [mod, alice, bob] = [await moderator(t), await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [kept, edited, gone] = [
    await status(t, bob, { text: 'Kept' }),
    await status(t, bob, { text: 'Nasty words', spoilerText: 'Careful' }),
    await status(t, bob, { text: 'Worse words', visibility: 'unlisted' }),
  ]
  await status(t, bob, { text: 'Not reported' })
  const id = await report(t, alice, { targetId: bob, statusIds: [kept, edited, gone] })
  await editStatus(t.app, bob, edited, { text: 'Sweet words' })
  await t.db.transaction((tx) => deleteStatus(tx, bob, gone))

  const { posts } = await loadReport(t.db, t.app.uris, mod, id)
  expect(posts).toMatchObject([
    { id: kept, before: { text: 'Kept' }, now: { text: 'Kept', deletedAt: null }, isChanged: false },
    {
      id: edited,
      before: { text: 'Nasty words', spoilerText: 'Careful', visibility: 'public', media: [] },
      now: { text: 'Sweet words' },
      isChanged: true,
    },
    { id: gone, before: { text: 'Worse words', visibility: 'unlisted' }, now: { deletedAt: expect.any(Date) } },
  ])
})

test('a report has all that is needed to judge it', async () => {
  await using t = await database()
  const [mod, alice, bob] = [await moderator(t), await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const rule = await t.db.transaction((tx) => addRule(tx, commandLine, 'Be kind'))
  const earlier = await report(t, alice, { targetId: bob, comment: 'Before' })
  const id = await report(t, alice, { targetId: bob, ruleIds: [rule], comment: 'Again' })
  await report(t, bob, { targetId: alice, comment: 'Revenge' })
  await t.db.transaction((tx) => strike(tx, mod, bob, { action: 'none', text: 'Stop', reportId: earlier }))
  await t.db.transaction((tx) => writeReportNote(tx, mod, id, 'Seen'))

  expect(await loadReport(t.db, t.app.uris, mod, id)).toMatchObject({
    report: { id, comment: 'Again', category: 'violation' },
    reporter: { handle: '@alice' },
    target: { handle: '@bob' },
    rules: [{ id: rule, text: 'Be kind' }],
    notes: [{ text: 'Seen', author: 'mod', isOwn: true }],
    related: [{ id: earlier, comment: 'Before', resolvedAt: expect.any(Date) }],
    strikes: [{ told: 'none', text: 'Stop', reportId: earlier }],
    canForward: false,
    canAnswer: true,
  })
})

test('each action is done once, and stands in the audit log', async () => {
  await using t = await database()
  const [mod, alice, bob] = [await moderator(t), await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const id = await report(t, alice, { targetId: bob })
  const rule = await t.db.transaction((tx) => addRule(tx, commandLine, 'Be kind'))
  const twice = async (act: (tx: Tx) => Promise<unknown>) => {
    await t.db.transaction(act)
    await t.db.transaction(act)
  }
  await twice((tx) => assignReport(tx, mod, id))
  expect((await loadReport(t.db, t.app.uris, mod, id)).assignedTo).toMatchObject({ handle: '@mod' })
  await twice((tx) => unassignReport(tx, mod, id))
  await twice((tx) => changeReport(tx, mod, id, { category: 'violation', ruleIds: [rule] }))
  await twice((tx) => resolveReport(tx, mod, id))
  expect(await countOpenReports(t.db)).toBe(0)
  await twice((tx) => reopenReport(tx, mod, id))
  expect(await countOpenReports(t.db)).toBe(1)
  expect(await audited(t)).toEqual([
    'report.assign',
    'report.unassign',
    'report.change',
    'report.resolve',
    'report.reopen',
  ])
  await expect(
    t.db.transaction((tx) => changeReport(tx, mod, id, { category: 'violation', ruleIds: ['999' as typeof rule] })),
  ).rejects.toMatchObject({ code: 'invalid' })
  await t.db.transaction((tx) => changeReport(tx, mod, id, { category: 'spam' }))
  expect((await loadReport(t.db, t.app.uris, mod, id)).report).toMatchObject({ category: 'spam', ruleIds: [] })
})

test('notes are deleted by their authors only', async () => {
  await using t = await database()
  const [mod, other, alice] = [await moderator(t), await moderator(t, 'other'), await localAccount(t, 'alice')]
  const bob = await localAccount(t, 'bob')
  const id = await report(t, alice, { targetId: bob })
  const note = await t.db.transaction((tx) => writeReportNote(tx, mod, id, 'Mine'))
  await expect(t.db.transaction((tx) => writeReportNote(tx, mod, id, ' '))).rejects.toMatchObject({ code: 'invalid' })
  await expect(t.db.transaction((tx) => deleteReportNote(tx, other, id, note))).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(await loadNotes(t.db, other, { reportId: id })).toMatchObject([{ text: 'Mine', isOwn: false }])
  await t.db.transaction((tx) => deleteReportNote(tx, mod, id, note))
  expect(await loadNotes(t.db, mod, { reportId: id })).toEqual([])
  expect(await audited(t)).toEqual(['note.write', 'note.delete'])
})

test('a report is forwarded to the origin once, and only about accounts of other servers', async () => {
  await using t = await database()
  const [mod, alice, bob] = [await moderator(t), await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const carol = await remoteAccount(t, 'carol')
  const [about, local] = [
    await report(t, alice, { targetId: carol, statusIds: [await remoteStatus(t, carol)] }),
    await report(t, alice, { targetId: bob }),
  ]
  await forgetJobs(t)
  await t.db.transaction((tx) => forwardReport(tx, mod, about))
  expect(await t.jobPayloads('federate')).toMatchObject([{ event: { type: 'report.created', reportId: about } }])
  expect((await loadReport(t.db, t.app.uris, mod, about)).report).toMatchObject({
    isForwarded: true,
    forwardedAt: expect.any(Date),
  })
  for (const id of [about, local])
    await expect(t.db.transaction((tx) => forwardReport(tx, mod, id))).rejects.toMatchObject({ code: 'invalid' })
})

test('an answer goes to a reporter of this server, once', async () => {
  await using t = await database()
  const [mod, alice, bob] = [await moderator(t), await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const carol = await remoteAccount(t, 'carol')
  const [own, foreign] = [await report(t, alice, { targetId: bob }), await report(t, carol, { targetId: bob })]
  await forgetJobs(t)
  await t.db.transaction((tx) => answerReport(tx, mod, own, ' Done, thank you. '))
  expect(await t.jobPayloads('report-mail')).toEqual([{ reportId: own }])
  expect((await loadReport(t.db, t.app.uris, mod, own)).report.answer).toBe('Done, thank you.')
  await expect(t.db.transaction((tx) => answerReport(tx, mod, own, 'More'))).rejects.toMatchObject({ code: 'invalid' })
  await expect(t.db.transaction((tx) => answerReport(tx, mod, foreign, 'Hm'))).rejects.toMatchObject({
    code: 'invalid',
  })
  expect(await audited(t)).toEqual(['report.answer'])
})

test('the queue is filtered by state, category, origin, assignment and account', async () => {
  await using t = await database()
  const [mod, alice, bob] = [await moderator(t), await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const [carol, dora] = [await remoteAccount(t, 'carol'), await remoteAccount(t, 'dora', 'other.test')]
  const spam = await report(t, alice, { targetId: bob, category: 'spam' })
  const mine = await report(t, alice, { targetId: carol })
  const done = await report(t, alice, { targetId: dora })
  await t.db.transaction((tx) => assignReport(tx, mod, mine))
  await t.db.transaction((tx) => resolveReport(tx, mod, done))
  const found = async (filter: Partial<ReportFilter>) =>
    (await loadReportQueue(t.db, mod, { state: 'open', ...filter }, { limit: 40 })).map(({ id }) => id)
  expect(await found({})).toEqual([mine, spam])
  expect(await found({ state: 'resolved' })).toEqual([done])
  expect(await found({ state: 'all' })).toEqual([done, mine, spam])
  expect(await found({ category: 'spam' })).toEqual([spam])
  expect(await found({ state: 'all', origin: 'remote' })).toEqual([done, mine])
  expect(await found({ state: 'all', origin: 'local' })).toEqual([spam])
  expect(await found({ state: 'all', origin: 'other.test' })).toEqual([done])
  expect(await found({ assigned: 'me' })).toEqual([mine])
  expect(await found({ assigned: 'nobody' })).toEqual([spam])
  expect(await found({ targetId: bob })).toEqual([spam])
  expect(await countReports(t.db, mod)).toEqual({ open: 2, mine: 1, unassigned: 1 })
  const older = await loadReportQueue(t.db, mod, { state: 'all' }, { limit: 2, maxId: done })
  expect(older.map(({ id }) => id)).toEqual([mine, spam])
})

test('the response time is the median of the last 30 days, by category', async () => {
  await using t = await database()
  const [mod, alice, bob] = [await moderator(t), await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  for (const minutes of [10, 20, 90]) {
    const id = await report(t, alice, { targetId: bob, category: 'spam' })
    await t.db.execute(
      sql`update reports set resolved_at = created_at + ${minutes} * interval '1 minute' where id = ${id}`,
    )
  }
  await report(t, alice, { targetId: bob, category: 'legal' })
  await t.db.execute(
    sql`insert into reports (id, account_id, target_id, category, resolved_at) values (1, ${alice}, ${bob}, 'spam', now() + interval '1 year')`,
  )
  const first = await loadResponseTimes(t.db, mod)
  expect(first.times).toEqual([
    { category: 'legal', reports: 1, resolved: 0, medianMinutes: null },
    { category: 'spam', reports: 3, resolved: 3, medianMinutes: 20 },
  ])
  await report(t, alice, { targetId: bob, category: 'legal' })
  expect(await loadResponseTimes(t.db, mod)).toEqual(first)
})

test('nobody without the permission handles reports', async () => {
  await using t = await database()
  const [alice, bob] = [await localAccount(t, 'alice'), await localAccount(t, 'bob')]
  const person = await staffMember(t.db, alice)
  const id = await report(t, alice, { targetId: bob })
  const doors: Record<string, (tx: Tx) => Promise<unknown>> = {
    assign: (tx) => assignReport(tx, person, id),
    unassign: (tx) => unassignReport(tx, person, id),
    resolve: (tx) => resolveReport(tx, person, id),
    reopen: (tx) => reopenReport(tx, person, id),
    change: (tx) => changeReport(tx, person, id, { category: 'spam' }),
    forward: (tx) => forwardReport(tx, person, id),
    answer: (tx) => answerReport(tx, person, id, 'Hello'),
    note: (tx) => writeReportNote(tx, person, id, 'Hello'),
    deleteNote: (tx) => deleteReportNote(tx, person, id, '1' as NoteId),
    load: (tx) => loadReport(tx, t.app.uris, person, id),
    queue: (tx) => loadReportQueue(tx, person, { state: 'all' }, { limit: 5 }),
    count: (tx) => countReports(tx, person),
    figures: async (tx) => loadResponseTimes(tx, person),
  }
  for (const [door, open] of Object.entries(doors))
    await expect(t.db.transaction(open), door).rejects.toMatchObject({ code: 'not_permitted' })
})
