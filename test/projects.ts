/** The vitest projects, for `npm test -- --project core`. Each test file belongs to one of them. */

/** They start processes, browsers or workers, and wait for them. */
const processes = [
  'test/{browser,cli,migrations,runtime,two-servers}/**/*.test.{ts,tsx}',
  'test/jobs/{killed-mail,lanes,mail}.test.ts',
  'test/api/streaming/processes.test.ts',
  'test/federation/killed-worker.test.ts',
  'test/docker.test.ts',
]

/** They count the statements of the whole server for requests over HTTP. */
const statements = ['test/{read-counts,unnamed-reads,unnamed-writes}.test.ts']

/** They are about the code itself: its directions, texts, documents and scripts. */
const code = ['test/{architecture,readers,texts}.test.ts', 'test/{docs,scripts}/**/*.test.ts']

/** They race, wait for something, or fill large tables. */
const slow = [
  'test/src/accounts/{invites/invites,mail-address/mail-address,sessions/wrong-passwords,sign-up/captcha}.test.ts',
  'test/src/erasure/forget-accounts.test.ts',
  'test/src/instance/{figures,memory,totals}.test.ts',
  'test/src/moderation/{addresses/mail,domains,find,overview,webhooks}.test.ts',
  'test/src/platform/{db/check/check,http/client,queue/heartbeat}.test.ts',
  'test/src/reading/{collections-races,streaming/feed,timelines/reads}.test.ts',
  'test/src/relationships/races.test.ts',
  'test/src/statuses/{held,threads/thread}.test.ts',
  'test/jobs/{applicants-mail,clean-up,parts}.test.ts',
]

/** They need only the core and the database, whatever their folder. */
const core = ['test/*.test.ts', 'test/{jobs,src}/**/*.test.{ts,tsx}', 'test/federation/{classify,parse}.test.ts']

export const projects = {
  /** To run while working: takes less than a minute. */
  core: { include: core, exclude: [...processes, ...statements, ...slow, ...code] },
  slow: { include: slow, exclude: [] },
  code: { include: code, exclude: [] },
  api: { include: ['test/{api,push}/**/*.test.{ts,tsx}', ...statements], exclude: processes },
  web: { include: ['test/web/**/*.test.{ts,tsx}'], exclude: processes },
  federation: { include: ['test/federation/**/*.test.{ts,tsx}'], exclude: [...core, ...processes] },
  processes: { include: processes, exclude: [] },
} satisfies Record<string, { include: string[]; exclude: string[] }>
