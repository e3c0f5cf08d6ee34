/**
 * `npx pipit`: the command line. Each command is loaded only when it is called, so that none waits for code that it doesn't use.
 */
import { Argument, Command, CommanderError, Option } from 'commander'
import { version } from '#src/platform/version.ts'
import { exitCodes } from './exit.ts'

const audiences = ['nobody', 'users', 'all']
const roles = ['user', 'moderator', 'admin', 'owner']

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
    .description('Looks after a Pipit instance, whether its server is running or not.')
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
  tokens(program)
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
  relays(program)
  demo(program)
  return program
}

function accounts(program: Command): void {
  const group = program.command('accounts').description('People with an account on this instance')
  leaf(group, 'create <name>', 'Make an account; without --password one is made up and printed')
    .requiredOption('--email <address>', 'mail address of the person')
    .option('--password <password>', 'password, at least 8 characters')
    .option('--confirmed', 'the address is known to be right; otherwise a mail with a link is sent')
    .addOption(new Option('--role <role>', 'what the account may do').choices(roles).default('user'))
    .option('--display-name <name>', 'name to show')
    .addHelpText('after', examples('accounts create alice --email alice@example.com --confirmed --role owner'))
    .action(async (name, _options, command) =>
      (await import('./commands/accounts.ts')).create(name, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the accounts, the newest first')
    .addOption(new Option('--role <role>', 'only those with this role').choices(roles))
    .option('--limit <number>', 'at most so many', '100')
    .addHelpText('after', examples('accounts list --role owner', 'accounts list --json'))
    .action(async (_options, command) => (await import('./commands/accounts.ts')).list(command.optsWithGlobals()))
  leaf(group, 'show <name>', 'Show an account').action(async (name, _options, command) =>
    (await import('./commands/accounts.ts')).show(name, command.optsWithGlobals()),
  )
  leaf(group, 'modify <name>', 'Change an account')
    .addOption(new Option('--role <role>', 'what the account may do').choices(roles))
    .option('--email <address>', 'new mail address; a mail with a link goes there unless --confirmed is given, too')
    .option('--display-name <name>', 'name to show')
    .option('--confirmed', 'take the mail address for confirmed')
    .option('--approved', 'let in somebody who waits for approval')
    .option('--disable', 'lock the person out; sessions and apps end')
    .option('--enable', 'let a locked-out person in again')
    .option('--memorial', 'keep the account in memory of somebody who died; nobody can log in to it')
    .option('--no-memorial', 'make it an account like others again')
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
  leaf(group, 'delete <name>', 'Delete an account with all it wrote, for ever; nobody gets its name again')
    .option('--yes', 'do not ask')
    .action(async (name, _options, command) =>
      (await import('./commands/accounts.ts')).remove(name, command.optsWithGlobals()),
    )
  leaf(
    group,
    'reset-password <name>',
    'Set a new password; without --password one is made up and printed. Sessions and apps end',
  )
    .option('--password <password>', 'password, at least 8 characters')
    .action(async (name, _options, command) =>
      (await import('./commands/accounts.ts')).resetPassword(name, command.optsWithGlobals()),
    )
  leaf(
    group,
    'rotate-keys <name>',
    'Give an account new keys in place of those that may have leaked; other servers are told',
  ).action(async (name, _options, command) =>
    (await import('./commands/accounts.ts')).rotateKeys(name, command.optsWithGlobals()),
  )
  leaf(
    group,
    'move <name> <target>',
    'Move an account to another one, by its handle or URL, which names it as an alias; its followers go along',
  )
    .addHelpText('after', examples('accounts move alice alice@elsewhere.example'))
    .action(async (name, target, _options, command) =>
      (await import('./commands/moving.ts')).move(name, target, command.optsWithGlobals()),
    )
  const alias = group.command('alias').description('Other accounts of the same person, which may move here')
  leaf(alias, 'add <name> <handle>', 'Say that another account, by its handle or URL, is the same person')
    .addHelpText('after', examples('accounts alias add alice alice@elsewhere.example'))
    .action(async (name, handle, _options, command) =>
      (await import('./commands/moving.ts')).aliasAdd(name, handle, command.optsWithGlobals()),
    )
  leaf(alias, 'list <name>', 'List the aliases of an account').action(async (name, _options, command) =>
    (await import('./commands/moving.ts')).aliasList(name, command.optsWithGlobals()),
  )
  leaf(alias, 'remove <name> <handle>', 'Take an alias away').action(async (name, handle, _options, command) =>
    (await import('./commands/moving.ts')).aliasRemove(name, handle, command.optsWithGlobals()),
  )
}

function tokens(program: Command): void {
  const group = program.command('tokens').description('Tokens for apps and scripts')
  leaf(group, 'create <name>', 'Make an API token that speaks for an account, and print it')
    .option('--scopes <scopes>', 'what it allows, separated by spaces', 'read write follow push')
    .addHelpText('after', examples('tokens create alice --scopes "read write"'))
    .action(async (name, _options, command) =>
      (await import('./commands/tokens.ts')).create(name, command.optsWithGlobals()),
    )
}

function settings(program: Command): void {
  const group = program
    .command('settings')
    .description('What admins decide about the instance, also on its page for admins')
  leaf(group, 'list', 'List the settings').action(async (_options, command) =>
    (await import('./commands/settings.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'set <name> <value>', 'Change a setting: on or off, words, or a list separated by commas')
    .addHelpText('after', examples('settings set authorized-fetch on', 'settings set registrations approval'))
    .action(async (name, value, _options, command) =>
      (await import('./commands/settings.ts')).set(name, value, command.optsWithGlobals()),
    )
}

function rules(program: Command): void {
  const group = program
    .command('rules')
    .description('Rules of this instance, which people read before they join or report')
  leaf(group, 'add <text>', 'Add a rule behind the others')
    .option('--hint <text>', 'more about it')
    .addHelpText('after', examples('rules add "Be kind" --hint "Also to strangers"'))
    .action(async (text, _options, command) =>
      (await import('./commands/rules.ts')).add(text, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the rules with their ids').action(async (_options, command) =>
    (await import('./commands/rules.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'remove <id>', 'Take a rule away').action(async (id, _options, command) =>
    (await import('./commands/rules.ts')).remove(id, command.optsWithGlobals()),
  )
}

function reports(program: Command): void {
  const group = program.command('reports').description('What people here, and other servers, report to the moderators')
  leaf(group, 'list', 'List the reports that wait for somebody, the newest first')
    .option('--all', 'also those that are dealt with')
    .option('--limit <number>', 'at most so many', '100')
    .addHelpText('after', examples('reports list', 'reports list --all --json'))
    .action(async (_options, command) => (await import('./commands/reports.ts')).list(command.optsWithGlobals()))
}

function announcements(program: Command): void {
  const group = program.command('announcements').description('News that apps show to everybody here')
  const timed = (command: Command): Command =>
    command
      .option('--starts <moment>', 'when that begins which is announced')
      .option('--ends <moment>', 'when it ends; afterwards nobody is shown the announcement')
      .option('--all-day', 'only the days of the two count')
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
      'Give an announcement another text and other times; who has read it is not told again',
    ),
  ).action(async (id, text, _options, command) =>
    (await import('./commands/announcements.ts')).edit(id, text, command.optsWithGlobals()),
  )
  leaf(group, 'list', 'List the announcements with their ids, past ones too').action(async (_options, command) =>
    (await import('./commands/announcements.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'remove <id>', 'Take an announcement away').action(async (id, _options, command) =>
    (await import('./commands/announcements.ts')).remove(id, command.optsWithGlobals()),
  )
}

function emoji(program: Command): void {
  const group = program.command('emoji').description('Custom emojis of this instance')
  leaf(
    group,
    'add <shortcode> <file>',
    'Add an emoji, or give the one of that name another picture: a PNG, GIF or WebP image of up to 256 KB',
  )
    .option('--category <name>', 'under which pickers show it')
    .option('--hidden', 'not to be offered by pickers')
    .addHelpText('after', examples('emoji add blobcat blobcat.png --category Cats'))
    .action(async (shortcode, file, _options, command) =>
      (await import('./commands/emoji.ts')).add(shortcode, file, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the emojis').action(async (_options, command) =>
    (await import('./commands/emoji.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'remove <shortcode>', 'Take an emoji away; texts that name it show its name').action(
    async (shortcode, _options, command) =>
      (await import('./commands/emoji.ts')).remove(shortcode, command.optsWithGlobals()),
  )
}

function media(program: Command): void {
  const group = program.command('media').description('Copies of the pictures, films and sounds of other servers')
  leaf(group, 'usage', 'Tell how many copies there are, and how much room they take').action(
    async (_options, command) => (await import('./commands/media.ts')).usage(command.optsWithGlobals()),
  )
  leaf(
    group,
    'prune',
    'Remove the copies that nobody has seen for so many days; they are made anew for who wants to see them',
  )
    .option('--days <number>', 'how many days; 0 removes all', '14')
    .addHelpText('after', examples('media prune --days 3'))
    .action(async (_options, command) => (await import('./commands/media.ts')).prune(command.optsWithGlobals()))
}

function database(program: Command): void {
  const group = program.command('db').description('The database')
  leaf(group, 'migrate', 'Bring the database up to date; starting a server does so, too').action(
    async (_options, command) => (await import('./commands/db.ts')).migrate(command.optsWithGlobals()),
  )
  leaf(group, 'check', 'Look for what is wrong with tables, indexes and counters; exits with 1 when something is')
    .option('--repair', 'set wrong counters right')
    .addHelpText('after', examples('db check', 'db check --repair'))
    .action(async (_options, command) => (await import('./commands/db.ts')).check(command.optsWithGlobals()))
}

function stats(program: Command): void {
  const group = program.command('stats').description('Daily statistics')
  leaf(group, 'run', 'Count the days that were missed, yesterday, and today so far; or one day')
    .option('--date <YYYY-MM-DD>', 'only this day (UTC)')
    .addHelpText('after', examples('stats run', 'stats run --date 2026-02-28'))
    .action(async (_options, command) => (await import('./commands/stats.ts')).run(command.optsWithGlobals()))
}

function trends(program: Command): void {
  const group = program.command('trends').description('Hashtags, links and posts that trend')
  leaf(group, 'list', 'List what trends, also what is hidden, with what was decided about it')
    .option('--limit <number>', 'at most so many of each kind', '20')
    .option('--compute', 'compute it anew before; the worker does so every five minutes')
    .action(async (_options, command) => (await import('./commands/trends.ts')).list(command.optsWithGlobals()))
  leaf(group, 'approve <what>', 'Let a hashtag, the address of a link, or the address or id of a post trend')
    .addHelpText('after', examples("trends approve '#caturday'", 'trends approve https://news.example/story'))
    .action(async (what, _options, command) =>
      (await import('./commands/trends.ts')).decide(what, true, command.optsWithGlobals()),
    )
  leaf(group, 'reject <what>', 'Let it never trend')
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
  const group = program.command('jobs').description('The queue of things to do')
  leaf(group, 'list', 'List the jobs, those that are due first')
    .option('--failed', 'only those that failed, with their last error')
    .option('--limit <number>', 'at most so many', '100')
    .addHelpText('after', examples('jobs list --failed'))
    .action(async (_options, command) => (await import('./commands/jobs.ts')).list(command.optsWithGlobals()))
  leaf(group, 'retry <id>', 'Run a job again now, with all its attempts').action(async (id, _options, command) =>
    (await import('./commands/jobs.ts')).retry(id, command.optsWithGlobals()),
  )
}

function mail(program: Command): void {
  const group = program.command('mail').description('Mails that are kept as files, while no mail server is set')
  leaf(group, 'last', 'Print the last mail, with its links').action(async (_options, command) =>
    (await import('./commands/mail.ts')).last(command.optsWithGlobals()),
  )
}

function federation(program: Command): void {
  const group = program.command('federation').description('Other servers')
  leaf(group, 'lookup <handle-or-url>', 'Find an account or a post, asking its server where it is not known')
    .addHelpText(
      'after',
      examples('federation lookup @bob@remote.example', 'federation lookup https://remote.example/@bob/1'),
    )
    .action(async (query, _options, command) =>
      (await import('./commands/federation.ts')).lookup(query, command.optsWithGlobals()),
    )
  leaf(group, 'hosts', 'List the servers that something was sent to, with what waits for each')
    .option('--failing', 'only those that failed at the last try, or are stopped')
    .option('--limit <number>', 'at most so many', '1000')
    .addHelpText('after', examples('federation hosts --failing'))
    .action(async (_options, command) => (await import('./commands/federation.ts')).hosts(command.optsWithGlobals()))
  const verbs = {
    retry: 'Send a server now what waits for it',
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
  leaf(group, 'block <host>', 'Suspend a server and all below it: nothing is taken from it, nothing sent to it')
    .option('--silence', 'only limit it: its people are seen by their followers')
    .option('--noop', 'neither, where the other options are enough')
    .option('--reject-media', 'take no pictures, films, sounds, emojis and previews from it')
    .option('--reject-reports', 'take no reports from it')
    .option('--comment <text>', 'why, for moderators')
    .option('--public-comment <text>', 'why, for whoever may see the list')
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
  leaf(group, 'unblock <host>', 'Lift the rule about a server; follows that it ended stay so').action(
    async (host, _options, command) => (await import('./commands/domains.ts')).unblock(host, command.optsWithGlobals()),
  )
  leaf(group, 'list', 'List the rules').action(async (_options, command) =>
    (await import('./commands/domains.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'import <file>', "Set the rules of a list in Mastodon's CSV format")
    .option('--replace', 'also where there is a rule already')
    .action(async (file, _options, command) =>
      (await import('./commands/domains.ts')).importFile(file, command.optsWithGlobals()),
    )
  leaf(group, 'export', "Print the rules in Mastodon's CSV format")
    .addHelpText('after', examples('domains export > rules.csv'))
    .action(async (_options, command) => (await import('./commands/domains.ts')).exportAll(command.optsWithGlobals()))
  leaf(group, 'allow <host>', 'Let a server be one of those that are federated with while that is limited').action(
    async (host, _options, command) => (await import('./commands/domains.ts')).allow(host, command.optsWithGlobals()),
  )
  leaf(group, 'disallow <host>', 'Take a server from the allowed')
    .option('--yes', 'also while federation is limited, which ends all follows to and from it')
    .action(async (host, _options, command) =>
      (await import('./commands/domains.ts')).disallow(host, command.optsWithGlobals()),
    )
  leaf(group, 'allowed', 'List the allowed servers').action(async (_options, command) =>
    (await import('./commands/domains.ts')).allowed(command.optsWithGlobals()),
  )
  leaf(group, 'limited', 'Federate with allowed servers only, or with all')
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .option('--yes', 'also where no server is allowed')
    .action(async (state, _options, command) =>
      (await import('./commands/domains.ts')).limited(state, command.optsWithGlobals()),
    )
  leaf(group, 'publish', 'Choose who may see which servers are limited or suspended')
    .addArgument(new Argument('<audience>').choices(audiences))
    .addOption(new Option('--reasons <audience>', 'who may see the public comments').choices(audiences))
    .addHelpText('after', examples('domains publish all --reasons users'))
    .action(async (audience, _options, command) =>
      (await import('./commands/domains.ts')).publish(audience, command.optsWithGlobals()),
    )
}

function relays(program: Command): void {
  const group = program.command('relays').description('Relays, which pass public posts on between servers')
  leaf(group, 'add <url>', 'Ask a relay for its posts, and send it ours; the URL is that of its inbox, or of its actor')
    .option('--litepub', "it is one of LitePub's kind, such as Pleroma's; then the URL is that of its actor")
    .addHelpText(
      'after',
      examples('relays add https://relay.example/inbox', 'relays add https://relay.example/actor --litepub'),
    )
    .action(async (url, _options, command) =>
      (await import('./commands/relays.ts')).add(url, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the relays with their ids and what they answered').action(async (_options, command) =>
    (await import('./commands/relays.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'enable <id>', 'Ask a relay once more').action(async (id, _options, command) =>
    (await import('./commands/relays.ts')).enable(id, command.optsWithGlobals()),
  )
  leaf(group, 'disable <id>', 'Leave a relay, but keep it in the list').action(async (id, _options, command) =>
    (await import('./commands/relays.ts')).disable(id, command.optsWithGlobals()),
  )
  leaf(group, 'remove <id>', 'Leave a relay, and forget it').action(async (id, _options, command) =>
    (await import('./commands/relays.ts')).remove(id, command.optsWithGlobals()),
  )
}

function demo(program: Command): void {
  leaf(program, 'demo', 'Add made-up people, posts, threads, images and follows, of which no other server hears')
    .option('--posts <number>', 'how many posts', '500')
    .option('--seed <number>', 'the same number makes the same people and posts', '1')
    .addHelpText('after', examples('demo', 'demo --posts 100000'))
    .action(async (_options, command) => (await import('./commands/demo.ts')).demo(command.optsWithGlobals()))
}

try {
  await build().parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  else (await import('./session.ts')).fail(error)
}
