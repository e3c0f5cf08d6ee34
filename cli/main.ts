/**
 * `npx pipit`: the command line. Each command is loaded only when it is called, so that none waits for code that it doesn't use.
 */
import { Argument, Command, CommanderError, Option } from 'commander'
import { version } from '#src/platform/version.ts'
import { exitCodes } from './exit.ts'

const audiences = ['nobody', 'users', 'all']
/** Which roles there are is up to the admins. */
const roleHint = 'user, moderator, admin, owner, or the name of another role'

/** A command that prints something, for people or, with `--json`, for machines. */
const leaf = (parent: Command, nameAndArguments: string, description: string): Command =>
  parent.command(nameAndArguments).description(description).option('--json', 'print the result as JSON')

const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ npx pipit ${line}`).join('\n')}\n`

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

function accounts(program: Command): void {
  const group = program.command('accounts').description('People with an account on this instance')
  leaf(group, 'create <name>', 'Create an account; without --password, prints a generated password')
    .requiredOption('--email <address>', 'email address of the person')
    .option('--password <password>', 'password, at least 8 characters')
    .option('--confirmed', 'mark the address as confirmed; otherwise a mail with a confirmation link is sent')
    .option('--role <role>', `role of the account: ${roleHint}`, 'user')
    .option('--display-name <name>', 'display name')
    .addHelpText('after', examples('accounts create alice --email alice@example.com --confirmed --role owner'))
    .action(async (name, _options, command) =>
      (await import('./commands/accounts.ts')).create(name, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the accounts, the newest first')
    .option('--role <role>', `only accounts with this role: ${roleHint}`)
    .option('--limit <number>', 'maximum number of results', '100')
    .addHelpText('after', examples('accounts list --role owner', 'accounts list --json'))
    .action(async (_options, command) => (await import('./commands/accounts.ts')).list(command.optsWithGlobals()))
  leaf(group, 'show <name>', 'Show an account').action(async (name, _options, command) =>
    (await import('./commands/accounts.ts')).show(name, command.optsWithGlobals()),
  )
  leaf(group, 'modify <name>', 'Change an account')
    .option('--role <role>', `role of the account: ${roleHint}`)
    .option(
      '--email <address>',
      'new email address; a confirmation link is sent to it, unless --confirmed is also used',
    )
    .option('--display-name <name>', 'display name')
    .option('--confirmed', 'mark the email address as confirmed')
    .option('--approved', 'approve the registration')
    .option('--disable', 'disable logging in; ends all sessions and app tokens')
    .option('--enable', 'enable logging in again')
    .option('--memorial', 'make it a memorial of a person who died; nobody can log in to it')
    .option('--no-memorial', 'make it a normal account again')
    .addHelpText(
      'after',
      examples(
        'accounts modify bob --role moderator',
        'accounts modify bob --email bob@example.com --confirmed',
        'accounts modify mallory --disable',
      ),
    )
    .action(async (name, _options, command) =>
      (await import('./commands/accounts.ts')).modify(name, command.optsWithGlobals()),
    )
  leaf(group, 'approve <name>', 'Approve a sign-up that waits for it').action(async (name, _options, command) =>
    (await import('./commands/accounts.ts')).approve(name, command.optsWithGlobals()),
  )
  leaf(group, 'reject <name>', 'Reject a sign-up that waits for approval; its data is deleted')
    .option('--text <text>', 'text for the mail to the person')
    .action(async (name, _options, command) =>
      (await import('./commands/accounts.ts')).reject(name, command.optsWithGlobals()),
    )
  leaf(group, 'confirm <name>', 'Confirm the mail address of an account').action(async (name, _options, command) =>
    (await import('./commands/accounts.ts')).confirm(name, command.optsWithGlobals()),
  )
  leaf(group, 'memorialise <name>', 'Make an account a memorial of a person who died; nobody can log in to it').action(
    async (name, _options, command) =>
      (await import('./commands/accounts.ts')).memorialise(name, command.optsWithGlobals()),
  )
  leaf(group, 'delete <name>', 'Delete an account and its posts for ever; its name can never be used again')
    .option('--yes', 'do not ask for confirmation')
    .action(async (name, _options, command) =>
      (await import('./commands/accounts.ts')).remove(name, command.optsWithGlobals()),
    )
  leaf(
    group,
    'reset-password <name>',
    'Set a new password, or generate and print one without --password. Ends all sessions and app tokens',
  )
    .option('--password <password>', 'password, at least 8 characters')
    .action(async (name, _options, command) =>
      (await import('./commands/accounts.ts')).resetPassword(name, command.optsWithGlobals()),
    )
  leaf(
    group,
    'reset-factors <name>',
    'Remove authenticator app, passkeys and recovery codes of a person who lost them. Ends all sessions',
  ).action(async (name, _options, command) =>
    (await import('./commands/accounts.ts')).resetSecondFactors(name, command.optsWithGlobals()),
  )
  leaf(
    group,
    'rotate-keys <name>',
    'Replace the signing keys of an account, for example after a leak, and send them to other servers',
  ).action(async (name, _options, command) =>
    (await import('./commands/accounts.ts')).rotateKeys(name, command.optsWithGlobals()),
  )
  const strike = (
    verb: string,
    description: string,
    action: 'none' | 'sensitive' | 'disable' | 'silence' | 'suspend',
  ) =>
    leaf(group, `${verb} <name>`, description)
      .option('--text <text>', 'text to the person')
      .option('--until <time>', 'when it lifts itself, as in 2026-02-28T18:00:00Z')
      .option('--review <time>', 'when staff are to look at it again')
      .option('--no-mail', 'send no mail to the person; a notification comes in any case')
      .action(async (name, _options, command) =>
        (await import('./commands/moderation.ts')).act(name, action, command.optsWithGlobals()),
      )
  const undo = (verb: string, description: string, effect: 'sensitive' | 'disable' | 'silence' | 'suspend') =>
    leaf(group, `${verb} <name>`, description).action(async (name, _options, command) =>
      (await import('./commands/moderation.ts')).undo(name, effect, command.optsWithGlobals()),
    )
  strike('warn', 'Warn a person, without any effect on the account', 'none')
  strike('sensitive', 'Mark all files of a local or remote account as sensitive', 'sensitive')
  undo('unsensitive', 'Mark them no longer', 'sensitive')
  strike('limit', 'Limit a local or remote account: only its followers see its posts', 'silence')
  undo('unlimit', 'Lift a limit', 'silence')
  strike('disable', 'Keep a person from logging in; the posts stay', 'disable')
  undo('enable', 'Let them log in again', 'disable')
  strike(
    'suspend',
    'Suspend a local or remote account; its data is deleted 30 days later, or 30 days after its end or review',
    'suspend',
  ).addHelpText(
    'after',
    examples('accounts suspend mallory@remote.example', 'accounts suspend bob --text "Spam" --until 2026-02-28'),
  )
  undo('unsuspend', 'Lift a suspension', 'suspend')
  leaf(
    group,
    'purge <name>',
    'Delete the data of a suspended account without waiting for 30 days; there is no way back',
  )
    .option('--yes', 'do not ask for confirmation')
    .action(async (name, _options, command) =>
      (await import('./commands/moderation.ts')).purge(name, command.optsWithGlobals()),
    )
  leaf(
    group,
    'move <name> <target>',
    'Move an account and its followers to another account (handle or URL), which must list it as an alias',
  )
    .addHelpText('after', examples('accounts move alice alice@other.example'))
    .action(async (name, target, _options, command) =>
      (await import('./commands/moving.ts')).move(name, target, command.optsWithGlobals()),
    )
  const alias = group
    .command('alias')
    .description('Aliases: other accounts of the same person, which may move to this one')
  leaf(alias, 'add <name> <handle>', 'Add an alias: an account of the same person, by handle or URL')
    .addHelpText('after', examples('accounts alias add alice alice@other.example'))
    .action(async (name, handle, _options, command) =>
      (await import('./commands/moving.ts')).aliasAdd(name, handle, command.optsWithGlobals()),
    )
  leaf(alias, 'list <name>', 'List the aliases of an account').action(async (name, _options, command) =>
    (await import('./commands/moving.ts')).aliasList(name, command.optsWithGlobals()),
  )
  leaf(alias, 'remove <name> <handle>', 'Remove an alias').action(async (name, handle, _options, command) =>
    (await import('./commands/moving.ts')).aliasRemove(name, handle, command.optsWithGlobals()),
  )
}

function statuses(program: Command): void {
  const group = program.command('statuses').description('Posts, local and remote ones')
  leaf(group, 'delete <posts...>', 'Delete posts or boosts, by their ids or URLs, for ever; their authors are told')
    .option('--text <text>', 'text to the authors')
    .option('--no-strike', 'do not tell the authors, and count it as no action against them')
    .option('--no-mail', 'send no mail to the authors; a notification comes in any case')
    .action(async (posts, _options, command) =>
      (await import('./commands/moderation.ts')).removeStatus(posts, command.optsWithGlobals()),
    )
  leaf(group, 'purge <name>', 'Delete all posts of a local or remote account for ever')
    .option('--before <time>', 'only those that are older')
    .option('--yes', 'do not ask for confirmation')
    .addHelpText('after', examples('statuses purge spammer@remote.example --yes'))
    .action(async (name, _options, command) =>
      (await import('./commands/moderation.ts')).purgePosts(name, command.optsWithGlobals()),
    )
}

function tokens(program: Command): void {
  const group = program.command('tokens').description('Tokens for apps and scripts')
  leaf(group, 'create <name>', 'Create an API token for an account, and print it')
    .option('--scopes <scopes>', 'scopes of the token, separated by spaces', 'read write follow push')
    .addHelpText('after', examples('tokens create alice --scopes "read write"'))
    .action(async (name, _options, command) =>
      (await import('./commands/tokens.ts')).create(name, command.optsWithGlobals()),
    )
}

function invites(program: Command): void {
  const group = program.command('invites').description('Invitations: links by which people sign up')
  leaf(group, 'create <name>', 'Make an invitation in the name of an account, and print its link')
    .option('--uses <number>', 'people who can sign up by it: 1, 5, 10, 25, 100 or any', '1')
    .option('--days <number>', 'days for which it is valid: 1, 7, 30 or any', '7')
    .option('--follow', 'people who come by it follow the account')
    .option('--note <text>', 'note for the account: to whom the link was given')
    .addHelpText('after', examples('invites create alice', 'invites create alice --uses 25 --days any --follow'))
    .action(async (name, _options, command) =>
      (await import('./commands/invites.ts')).create(name, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the invitations with the people who came by them, the newest first')
    .option('--account <name>', 'only those of this account')
    .option('--limit <number>', 'maximum number of results', '100')
    .addHelpText('after', examples('invites list', 'invites list --account alice --json'))
    .action(async (_options, command) => (await import('./commands/invites.ts')).list(command.optsWithGlobals()))
  leaf(group, 'revoke <id>', 'Revoke an invitation: nobody signs up by it any more').action(
    async (id, _options, command) => (await import('./commands/invites.ts')).revoke(id, command.optsWithGlobals()),
  )
}

function settings(program: Command): void {
  const group = program.command('settings').description('Settings of the instance, as in Administration on the website')
  leaf(group, 'list', 'List the settings').action(async (_options, command) =>
    (await import('./commands/settings.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'set <name> <value>', 'Change a setting: on or off, text, or a list separated by commas')
    .addHelpText('after', examples('settings set authorized-fetch on', 'settings set registrations approval'))
    .action(async (name, value, _options, command) =>
      (await import('./commands/settings.ts')).set(name, value, command.optsWithGlobals()),
    )
}

function rules(program: Command): void {
  const group = program
    .command('rules')
    .description('Rules of this instance, which people read before they join or report')
  leaf(group, 'add <text>', 'Add a rule at the end')
    .option('--hint <text>', 'explanation of the rule')
    .addHelpText('after', examples('rules add "Be kind" --hint "Also to strangers"'))
    .action(async (text, _options, command) =>
      (await import('./commands/rules.ts')).add(text, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the rules with their ids').action(async (_options, command) =>
    (await import('./commands/rules.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'remove <id>', 'Remove a rule').action(async (id, _options, command) =>
    (await import('./commands/rules.ts')).remove(id, command.optsWithGlobals()),
  )
}

function reports(program: Command): void {
  const group = program.command('reports').description('Reports to the moderators, by local people and other servers')
  leaf(group, 'list', 'List open reports, the newest first')
    .option('--all', 'also list resolved reports')
    .option('--limit <number>', 'maximum number of results', '100')
    .addHelpText('after', examples('reports list', 'reports list --all --json'))
    .action(async (_options, command) => (await import('./commands/reports.ts')).list(command.optsWithGlobals()))
  leaf(group, 'show <id>', 'Show a report with its posts as they were, notes, related reports and strikes')
    .addHelpText('after', examples('reports show 117703206114115262'))
    .action(async (id, _options, command) =>
      (await import('./commands/reports.ts')).show(id, command.optsWithGlobals()),
    )
  leaf(group, 'resolve <id>', 'Resolve a report, as nothing more is to be done')
    .addHelpText('after', examples('reports resolve 117703206114115262'))
    .action(async (id, _options, command) =>
      (await import('./commands/reports.ts')).resolve(id, command.optsWithGlobals()),
    )
}

function announcements(program: Command): void {
  const group = program
    .command('announcements')
    .description('Announcements that the website and apps show to all local people')
  const timed = (command: Command): Command =>
    command
      .option('--starts <moment>', 'start of the announced event')
      .option('--ends <moment>', 'end of the announced event; the announcement is hidden afterwards')
      .option('--all-day', 'the event lasts whole days; the times of day are ignored')
  timed(leaf(group, 'add <text>', 'Publish an announcement'))
    .addHelpText(
      'after',
      examples(
        'announcements add "We move to a new machine" --starts 2026-02-28T18:00:00Z --ends 2026-02-28T20:00:00Z',
      ),
    )
    .action(async (text, _options, command) =>
      (await import('./commands/announcements.ts')).add(text, command.optsWithGlobals()),
    )
  timed(
    leaf(
      group,
      'edit <id> <text>',
      'Change the text and times of an announcement; it stays read for people who have read it',
    ),
  ).action(async (id, text, _options, command) =>
    (await import('./commands/announcements.ts')).edit(id, text, command.optsWithGlobals()),
  )
  leaf(group, 'list', 'List all announcements with their ids, also past ones').action(async (_options, command) =>
    (await import('./commands/announcements.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'remove <id>', 'Remove an announcement').action(async (id, _options, command) =>
    (await import('./commands/announcements.ts')).remove(id, command.optsWithGlobals()),
  )
}

function emoji(program: Command): void {
  const group = program.command('emoji').description('Custom emojis of this instance')
  leaf(group, 'add <shortcode> <file>', 'Add an emoji, or replace its image: a PNG, GIF or WebP file of up to 256 KB')
    .option('--category <name>', 'category in emoji pickers')
    .option('--hidden', 'do not show it in emoji pickers')
    .addHelpText('after', examples('emoji add blobcat blobcat.png --category Cats'))
    .action(async (shortcode, file, _options, command) =>
      (await import('./commands/emoji.ts')).add(shortcode, file, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the emojis').action(async (_options, command) =>
    (await import('./commands/emoji.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'remove <shortcode>', 'Remove an emoji; texts that use it show its shortcode').action(
    async (shortcode, _options, command) =>
      (await import('./commands/emoji.ts')).remove(shortcode, command.optsWithGlobals()),
  )
}

function media(program: Command): void {
  const group = program.command('media').description('Cached pictures, films and sounds of other servers')
  leaf(group, 'usage', 'Show the number of cached files, and their size').action(async (_options, command) =>
    (await import('./commands/media.ts')).usage(command.optsWithGlobals()),
  )
  leaf(group, 'prune', 'Remove cached files that nobody has viewed for some days; they are fetched again when needed')
    .option('--days <number>', 'number of days; 0 removes all', '14')
    .addHelpText('after', examples('media prune --days 3'))
    .action(async (_options, command) => (await import('./commands/media.ts')).prune(command.optsWithGlobals()))
}

function database(program: Command): void {
  const group = program.command('db').description('The database')
  leaf(group, 'migrate', 'Migrate the database to this version; starting a server also does so').action(
    async (_options, command) => (await import('./commands/db.ts')).migrate(command.optsWithGlobals()),
  )
  leaf(group, 'check', 'Check tables, indexes and counters; exits with 1 if it finds an error')
    .option('--repair', 'correct wrong counters')
    .addHelpText('after', examples('db check', 'db check --repair'))
    .action(async (_options, command) => (await import('./commands/db.ts')).check(command.optsWithGlobals()))
}

function stats(program: Command): void {
  const group = program.command('stats').description('Daily statistics')
  leaf(group, 'run', 'Count missed days, yesterday, and today so far; or a single day')
    .option('--date <YYYY-MM-DD>', 'only this day (UTC)')
    .addHelpText('after', examples('stats run', 'stats run --date 2026-02-28'))
    .action(async (_options, command) => (await import('./commands/stats.ts')).run(command.optsWithGlobals()))
}

function trends(program: Command): void {
  const group = program.command('trends').description('Hashtags, links and posts that trend')
  leaf(group, 'list', 'List trending items, also hidden ones, with the decisions about them')
    .option('--limit <number>', 'maximum number of results of each kind', '20')
    .option('--compute', 'compute trends first; the worker does so every five minutes')
    .action(async (_options, command) => (await import('./commands/trends.ts')).list(command.optsWithGlobals()))
  leaf(group, 'approve <what>', 'Allow an item to trend: a hashtag, the URL of a link, or the URL or id of a post')
    .addHelpText('after', examples("trends approve '#caturday'", 'trends approve https://news.example/story'))
    .action(async (what, _options, command) =>
      (await import('./commands/trends.ts')).decide(what, true, command.optsWithGlobals()),
    )
  leaf(group, 'reject <what>', 'Never allow an item to trend')
    .addHelpText('after', examples("trends reject '#spam'"))
    .action(async (what, _options, command) =>
      (await import('./commands/trends.ts')).decide(what, false, command.optsWithGlobals()),
    )
}

function search(program: Command): void {
  const group = program.command('search').description('The full-text search')
  leaf(group, 'reindex', 'Index the words of all posts anew').action(async (_options, command) =>
    (await import('./commands/search.ts')).reindex(command.optsWithGlobals()),
  )
}

function jobs(program: Command): void {
  const group = program.command('jobs').description('The job queue')
  leaf(group, 'list', 'List the jobs, the earliest due first')
    .option('--failed', 'only failed jobs, with their last error')
    .option('--limit <number>', 'maximum number of results', '100')
    .addHelpText('after', examples('jobs list --failed'))
    .action(async (_options, command) => (await import('./commands/jobs.ts')).list(command.optsWithGlobals()))
  leaf(group, 'retry <id>', 'Run a job again now, and reset its attempts').action(async (id, _options, command) =>
    (await import('./commands/jobs.ts')).retry(id, command.optsWithGlobals()),
  )
}

function mail(program: Command): void {
  const group = program.command('mail').description('Mails stored as files, while no mail server is configured')
  leaf(group, 'last', 'Print the last mail, with its links').action(async (_options, command) =>
    (await import('./commands/mail.ts')).last(command.optsWithGlobals()),
  )
}

function federation(program: Command): void {
  const group = program.command('federation').description('Other servers')
  leaf(group, 'lookup <handle-or-url>', 'Find an account or a post; fetches it from its server if it is not stored')
    .addHelpText(
      'after',
      examples('federation lookup @bob@remote.example', 'federation lookup https://remote.example/@bob/1'),
    )
    .action(async (query, _options, command) =>
      (await import('./commands/federation.ts')).lookup(query, command.optsWithGlobals()),
    )
  leaf(group, 'hosts', 'List servers with deliveries, and the number that wait for each')
    .option('--failing', 'only servers whose last delivery failed, or that are stopped')
    .option('--limit <number>', 'maximum number of results', '1000')
    .addHelpText('after', examples('federation hosts --failing'))
    .action(async (_options, command) => (await import('./commands/federation.ts')).hosts(command.optsWithGlobals()))
  const verbs = {
    retry: 'Retry the waiting deliveries to a server now',
    stop: 'Stop deliveries to a server; they wait until they are resumed',
    resume: 'Resume deliveries to a server',
  } as const
  for (const [verb, description] of Object.entries(verbs) as [keyof typeof verbs, string][]) {
    leaf(group, `${verb} <host>`, description)
      .addHelpText('after', examples(`federation ${verb} remote.example`))
      .action(async (host, _options, command) =>
        (await import('./commands/federation.ts')).decide(verb, host, command.optsWithGlobals()),
      )
  }
}

function domains(program: Command): void {
  const group = program.command('domains').description('Rules about other servers')
  leaf(group, 'block <host>', 'Suspend a server and its subdomains: nothing is accepted from it or sent to it')
    .option('--silence', 'only limit it: only followers see posts of its accounts')
    .option('--noop', 'neither suspend nor limit; only apply the other options')
    .option('--reject-media', 'accept no pictures, films, sounds, emojis and previews from it')
    .option('--reject-reports', 'accept no reports from it')
    .option('--comment <text>', 'reason, visible to moderators')
    .option('--public-comment <text>', 'reason, visible in the public list')
    .option('--obfuscate', 'show only part of its name in the public list')
    .addHelpText(
      'after',
      examples(
        'domains block bad.example --public-comment "Harassment"',
        'domains block loud.example --silence --reject-media',
      ),
    )
    .action(async (host, _options, command) =>
      (await import('./commands/domains.ts')).block(host, command.optsWithGlobals()),
    )
  leaf(group, 'unblock <host>', 'Remove the rule about a server; ended follows are not restored').action(
    async (host, _options, command) => (await import('./commands/domains.ts')).unblock(host, command.optsWithGlobals()),
  )
  leaf(group, 'list', 'List the rules').action(async (_options, command) =>
    (await import('./commands/domains.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'import <file>', "Set the rules of a list in Mastodon's CSV format")
    .option('--replace', 'replace existing rules')
    .action(async (file, _options, command) =>
      (await import('./commands/domains.ts')).importFile(file, command.optsWithGlobals()),
    )
  leaf(group, 'export', "Print the rules in Mastodon's CSV format")
    .addHelpText('after', examples('domains export > rules.csv'))
    .action(async (_options, command) => (await import('./commands/domains.ts')).exportAll(command.optsWithGlobals()))
  leaf(group, 'allow <host>', 'Allow a server while federation is limited').action(async (host, _options, command) =>
    (await import('./commands/domains.ts')).allow(host, command.optsWithGlobals()),
  )
  leaf(group, 'disallow <host>', 'Remove a server from the allowed servers')
    .option('--yes', 'do so even while federation is limited, which ends all follows to and from it')
    .action(async (host, _options, command) =>
      (await import('./commands/domains.ts')).disallow(host, command.optsWithGlobals()),
    )
  leaf(group, 'allowed', 'List the allowed servers').action(async (_options, command) =>
    (await import('./commands/domains.ts')).allowed(command.optsWithGlobals()),
  )
  leaf(group, 'limited', 'Federate only with allowed servers (on), or with all (off)')
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .option('--yes', 'do so even if no server is allowed')
    .action(async (state, _options, command) =>
      (await import('./commands/domains.ts')).limited(state, command.optsWithGlobals()),
    )
  leaf(group, 'publish', 'Choose the audience of the list of limited and suspended servers')
    .addArgument(new Argument('<audience>').choices(audiences))
    .addOption(new Option('--reasons <audience>', 'audience of the public comments').choices(audiences))
    .addHelpText('after', examples('domains publish all --reasons users'))
    .action(async (audience, _options, command) =>
      (await import('./commands/domains.ts')).publish(audience, command.optsWithGlobals()),
    )
}

function addresses(program: Command): void {
  const group = program.command('addresses').description('Rules about networks, mail domains and mail addresses')
  leaf(group, 'block <what>', 'Keep people from signing up from a network, or with a mail domain or mail address')
    .addOption(
      new Option('--severity <severity>', 'what a network may not do; no-access refuses all its requests').choices([
        'approval',
        'no-sign-up',
        'no-access',
      ]),
    )
    .option('--days <number>', 'days after which the rule about a network ends; otherwise it stays')
    .option('--comment <text>', 'reason of the rule about a network, visible to moderators')
    .option('--with-approval', 'people with the mail domain may sign up, and wait for approval')
    .addHelpText(
      'after',
      examples(
        'addresses block 192.0.2.0/24 --severity no-access --days 30',
        'addresses block mail.example --with-approval',
        'addresses block somebody@mail.example',
      ),
    )
    .action(async (what, _options, command) =>
      (await import('./commands/addresses.ts')).block(what, command.optsWithGlobals()),
    )
  leaf(group, 'allow <what>', 'Remove the rule about a network, a mail domain or a mail address').action(
    async (what, _options, command) => (await import('./commands/addresses.ts')).allow(what, command.optsWithGlobals()),
  )
  leaf(group, 'list', 'List the rules; of mail addresses, only hashes are stored').action(async (_options, command) =>
    (await import('./commands/addresses.ts')).list(command.optsWithGlobals()),
  )
}

function relays(program: Command): void {
  const group = program.command('relays').description('Relays, which forward public posts between servers')
  leaf(group, 'add <url>', 'Subscribe to a relay and send it public posts; the URL is its inbox or its actor')
    .option('--litepub', 'a LitePub relay, as Pleroma has; the URL is its actor')
    .addHelpText(
      'after',
      examples('relays add https://relay.example/inbox', 'relays add https://relay.example/actor --litepub'),
    )
    .action(async (url, _options, command) =>
      (await import('./commands/relays.ts')).add(url, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the relays with their ids and states').action(async (_options, command) =>
    (await import('./commands/relays.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'enable <id>', 'Subscribe to a relay again').action(async (id, _options, command) =>
    (await import('./commands/relays.ts')).enable(id, command.optsWithGlobals()),
  )
  leaf(group, 'disable <id>', 'Unsubscribe from a relay, but keep it in the list').action(
    async (id, _options, command) => (await import('./commands/relays.ts')).disable(id, command.optsWithGlobals()),
  )
  leaf(group, 'remove <id>', 'Unsubscribe from a relay, and remove it').action(async (id, _options, command) =>
    (await import('./commands/relays.ts')).remove(id, command.optsWithGlobals()),
  )
}

function demo(program: Command): void {
  leaf(program, 'demo', 'Add generated people, posts, threads, images and follows; nothing is sent to other servers')
    .option('--posts <number>', 'number of posts', '500')
    .option('--seed <number>', 'the same seed generates the same people and posts', '1')
    .addHelpText('after', examples('demo', 'demo --posts 100000'))
    .action(async (_options, command) => (await import('./commands/demo.ts')).demo(command.optsWithGlobals()))
}

try {
  await build().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  else (await import('./session.ts')).fail(error)
}
