/**
 * `npx pipit`: the command line. Each command is loaded only when it is called, so that none waits for code that it doesn't use.
 */
import { Command, CommanderError } from 'commander'
import { version } from '#src/platform/version.ts'
import { exitCodes } from './exit.ts'
import { statuses, announcements, emoji, media, trends } from './groups/content.ts'
import { settings, rules, demo } from './groups/instance.ts'
import { reports, addresses } from './groups/moderation.ts'
import { database, stats, search, jobs, mail } from './groups/operation.ts'
import { accounts, invites, tokens } from './groups/people.ts'
import { federation, domains, relays } from './groups/servers.ts'
import { examples } from './leaf.ts'

const mainExamples = examples(
  'accounts create alice --email alice@example.com --confirmed --role owner',
  'tokens create alice --scopes "read write follow push"',
  'stats run',
  'demo',
)

function build(): Command {
  const program = new Command('pipit')
    .description('Manages a Pipit instance, whether its server is running or not.')
    .version(version)
    .option('--json', 'print the result as JSON')
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `${mainExamples}
Settings are those of the server: environment variables and the file .env.
Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 not found.`,
    )
  accounts(program)
  statuses(program)
  tokens(program)
  invites(program)
  settings(program)
  rules(program)
  reports(program)
  announcements(program)
  emoji(program)
  media(program)
  database(program)
  stats(program)
  trends(program)
  search(program)
  jobs(program)
  mail(program)
  federation(program)
  domains(program)
  addresses(program)
  relays(program)
  demo(program)
  return program
}

try {
  await build().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  else (await import('./session.ts')).fail(error)
}
