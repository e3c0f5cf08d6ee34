/** What keeps the instance running: database, statistics, search, jobs, mail. */
import type { Command } from 'commander'
import { examples, leaf } from '../leaf.ts'

export function database(program: Command): void {
  const group = program.command('db').description('The database')
  leaf(group, 'migrate', 'Migrate the database to this version; starting a server also does so').action(
    async (_options, command) => (await import('../commands/db.ts')).migrate(command.optsWithGlobals()),
  )
  leaf(group, 'check', 'Check tables, indexes and counters; exits with 1 if it finds an error')
    .option('--repair', 'correct wrong counters')
    .addHelpText('after', examples('db check', 'db check --repair'))
    .action(async (_options, command) => (await import('../commands/db.ts')).check(command.optsWithGlobals()))
}

export function stats(program: Command): void {
  const group = program.command('stats').description('Daily statistics')
  leaf(group, 'run', 'Count missed days, yesterday, and today so far; or a single day')
    .option('--date <YYYY-MM-DD>', 'only this day (UTC)')
    .addHelpText('after', examples('stats run', 'stats run --date 2026-02-28'))
    .action(async (_options, command) => (await import('../commands/stats.ts')).run(command.optsWithGlobals()))
}

export function search(program: Command): void {
  const group = program.command('search').description('The full-text search')
  leaf(group, 'reindex', 'Index the words of all posts anew').action(async (_options, command) =>
    (await import('../commands/search.ts')).reindex(command.optsWithGlobals()),
  )
}

export function jobs(program: Command): void {
  const group = program.command('jobs').description('The job queue')
  leaf(group, 'list', 'List the jobs, the earliest due first')
    .option('--failed', 'only failed jobs, with their last error')
    .option('--limit <number>', 'maximum number of results', '100')
    .addHelpText('after', examples('jobs list --failed'))
    .action(async (_options, command) => (await import('../commands/jobs.ts')).list(command.optsWithGlobals()))
  leaf(group, 'retry <id>', 'Run a job again now, and reset its attempts').action(async (id, _options, command) =>
    (await import('../commands/jobs.ts')).retry(id, command.optsWithGlobals()),
  )
}

export function mail(program: Command): void {
  const group = program.command('mail').description('Mails stored as files, while no mail server is configured')
  leaf(group, 'last', 'Print the last mail, with its links').action(async (_options, command) =>
    (await import('../commands/mail.ts')).last(command.optsWithGlobals()),
  )
}
