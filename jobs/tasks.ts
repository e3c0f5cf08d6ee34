/** The handlers of all jobs. */
import type { JobHelpers, Task, TaskList } from 'graphile-worker'
import { recheckLinks, verifyLinks } from '#src/accounts/profile/verify-links.ts'
import { eraseAccount } from '#src/erasure/erase-account.ts'
import { makeReport } from '#src/instance/annual-reports/make.ts'
import { processMedia } from '#src/media/process.ts'
import { cacheRecording } from '#src/media/remote.ts'
import { runAct } from '#src/moderation/accounts/act.ts'
import { endStrikes } from '#src/moderation/accounts/due.ts'
import { purge, purgeAccounts } from '#src/moderation/accounts/purge.ts'
import { severSuspended } from '#src/moderation/accounts/sever-suspended.ts'
import { applyDomainRules } from '#src/moderation/apply.ts'
import { notifyFollowers } from '#src/notices/status-notices.ts'
import type { Jobs, ScheduledJob } from '#src/outbox/jobs.ts'
import type { App } from '#src/platform/app.ts'
import { mergeFiltered } from '#src/reading/notifications/requests.ts'
import { push } from '#src/reading/push/send.ts'
import { computeTrends } from '#src/reading/trends/compute.ts'
import { acceptOpenRequests } from '#src/relationships/accept-open-requests.ts'
import { severDomain } from '#src/relationships/domain-block.ts'
import { followInviter } from '#src/relationships/follow-inviter.ts'
import { moveRelationships } from '#src/relationships/move-relationships.ts'
import { fetchCard } from '#src/statuses/cards/fetch.ts'
import { notifyOfEdit } from '#src/statuses/edit-notices.ts'
import { releaseHeld } from '#src/statuses/held.ts'
import { endPoll, notifyVoters } from '#src/statuses/polls/end.ts'
import { publishScheduled } from '#src/statuses/scheduled.ts'
import { sendAccountMail } from './account-mail.ts'
import { sendApplicantsMail, sendRejectionMail } from './applicants-mail.ts'
import { cleanUpAll } from './clean-up.ts'
import { dailyStats } from './daily-stats.ts'
import { deleteFiles } from './delete-files.ts'
import { indexStatuses } from './index-statuses.ts'
import { mailer } from './mail/transport.ts'
import { sendMentionMail } from './mention-mail.ts'
import { sendReceipt, sendReportMail } from './report-mail.ts'
import { sendSecurityMail } from './security-mail.ts'
import { sendStaffMail } from './staff-mail.ts'
import { sendAppealMail, sendLiftMail, sendStrikeMail } from './strike-mail.ts'

type Handlers = { [Name in keyof Jobs]: (payload: Jobs[Name], helpers: JobHelpers) => Promise<void> }

/** The handlers of `federation/`. */
export type FederationTasks = Pick<
  Handlers,
  | 'federate'
  | 'deliver'
  | 'check-gone'
  | 'inbox'
  | 'synchronise-followers'
  | 'ancestors'
  | 'featured'
  | 'quote'
  | 'reply-consent'
  | 'collection-items'
  | 'thread'
  | 'profile'
  | 'backfill'
  | 'relayed'
> & { 'sweep-deliveries': Task }

/** The handler of `api/`, which knows the entities that webhooks get. */
export type ApiTasks = Pick<Handlers, 'webhook'>

/**
 * A handler for every kind of job, including those of the crontab. Handlers may run late, twice, or for deleted rows;
 * `guarded` logs their errors and retries them.
 */
export function tasks(app: App, federation: FederationTasks, api: ApiTasks): TaskList {
  const mails = mailer(app)
  const handlers: Handlers & Record<ScheduledJob, Task> = {
    ...federation,
    ...api,
    'account-mail': (payload) => sendAccountMail(app, mails, payload),
    'applicants-mail': (payload) => sendApplicantsMail(app, mails, payload),
    'rejection-mail': (payload) => sendRejectionMail(app, mails, payload),
    'security-mail': (payload) => sendSecurityMail(app, mails, payload),
    'strike-mail': (payload) => sendStrikeMail(app, mails, payload),
    'lift-mail': (payload) => sendLiftMail(app, mails, payload),
    'appeal-mail': (payload) => sendAppealMail(app, mails, payload),
    'staff-mail': (payload) => sendStaffMail(app, mails, payload),
    'report-receipt': (payload) => sendReceipt(app, mails, payload),
    'report-mail': (payload) => sendReportMail(app, mails, payload),
    'mention-mail': (payload) => sendMentionMail(app, mails, payload),
    'edit-notices': ({ statusId, after }) => app.db.transaction((tx) => notifyOfEdit(tx, statusId, after)),
    'poll-end': ({ statusId }) => endPoll(app, statusId),
    'poll-notices': ({ statusId, after }) => app.db.transaction((tx) => notifyVoters(tx, statusId, after)),
    'release-held': ({ statusId }) => app.db.transaction((tx) => releaseHeld(tx, statusId)),
    'publish-scheduled': ({ scheduledStatusId }) => publishScheduled(app, scheduledStatusId),
    push: ({ subscriptionId, notificationId }) => push(app, subscriptionId, notificationId),
    'status-notices': ({ statusId, after }) => app.db.transaction((tx) => notifyFollowers(tx, statusId, after)),
    'merge-notifications': ({ accountId, fromAccountIds }) =>
      app.db.transaction((tx) => mergeFiltered(tx, accountId, fromAccountIds)),
    media: ({ mediaId }, { abortSignal }) => processMedia(app, mediaId, abortSignal),
    'delete-files': (payload) => deleteFiles(app, payload),
    'cache-recording': ({ url }) => cacheRecording(app, url),
    'follow-inviter': ({ accountId }) => followInviter(app.db, app.uris, accountId),
    'accept-follow-requests': ({ accountId }, { abortSignal }) => acceptOpenRequests(app.db, accountId, abortSignal),
    'sever-suspended': ({ accountId }, { abortSignal }) => severSuspended(app.db, accountId, abortSignal),
    'purge-account': ({ accountId }, { abortSignal }) => purge(app.db, accountId, abortSignal),
    'purge-accounts': (_payload, { abortSignal }) => purgeAccounts(app.db, abortSignal),
    'act-on-accounts': (payload, { abortSignal }) => runAct(app, payload, abortSignal),
    'end-strikes': (_payload, { abortSignal }) => endStrikes(app.db, abortSignal),
    'sever-domain': ({ accountId, domain }, { abortSignal }) => severDomain(app.db, accountId, domain, abortSignal),
    'apply-domain-rules': (payload, { abortSignal }) => applyDomainRules(app.db, payload, abortSignal),
    'erase-account': ({ accountId, hasRecipients }, { abortSignal }) =>
      eraseAccount(app.db, accountId, hasRecipients, abortSignal),
    'move-relationships': (payload) => app.db.transaction((tx) => moveRelationships(tx, app.uris, payload)),
    'verify-links': ({ accountId }) => verifyLinks(app, accountId),
    'recheck-links': () => recheckLinks(app),
    card: ({ cardId }) => fetchCard(app, cardId),
    'annual-report': ({ accountId, year }) => makeReport(app, accountId, year),
    'index-statuses': (payload) => indexStatuses(app, payload),
    trends: () => computeTrends(app.db),
    'daily-stats': (payload) => dailyStats(app, payload),
    'clean-up': (_payload, { abortSignal }) => cleanUpAll(app, abortSignal),
  }
  return handlers as TaskList
}
