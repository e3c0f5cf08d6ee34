/** Other servers, rules about them, and relays. */
import { Argument, type Command, Option } from 'commander'
import { examples, leaf } from '../leaf.ts'

const audiences = ['nobody', 'users', 'all']

export function federation(program: Command): void {
  const group = program.command('federation').description('Other servers')
  leaf(group, 'lookup <handle-or-url>', 'Find an account or a post; fetches it from its server if it is not stored')
    .addHelpText(
      'after',
      examples('federation lookup @bob@remote.example', 'federation lookup https://remote.example/@bob/1'),
    )
    .action(async (query, _options, command) =>
      (await import('../commands/federation.ts')).lookup(query, command.optsWithGlobals()),
    )
  leaf(group, 'hosts', 'List servers with deliveries, and the number that wait for each')
    .option('--failing', 'only servers whose last delivery failed, or that are stopped')
    .option('--limit <number>', 'maximum number of results', '1000')
    .addHelpText('after', examples('federation hosts --failing'))
    .action(async (_options, command) => (await import('../commands/federation.ts')).hosts(command.optsWithGlobals()))
  const verbs = {
    retry: 'Retry the waiting deliveries to a server now',
    stop: 'Stop deliveries to a server; they wait until they are resumed',
    resume: 'Resume deliveries to a server',
  } as const
  for (const [verb, description] of Object.entries(verbs) as [keyof typeof verbs, string][]) {
    leaf(group, `${verb} <host>`, description)
      .addHelpText('after', examples(`federation ${verb} remote.example`))
      .action(async (host, _options, command) =>
        (await import('../commands/federation.ts')).decide(verb, host, command.optsWithGlobals()),
      )
  }
}

export function domains(program: Command): void {
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
      (await import('../commands/domains.ts')).block(host, command.optsWithGlobals()),
    )
  leaf(group, 'unblock <host>', 'Remove the rule about a server; ended follows are not restored').action(
    async (host, _options, command) =>
      (await import('../commands/domains.ts')).unblock(host, command.optsWithGlobals()),
  )
  leaf(group, 'list', 'List the rules').action(async (_options, command) =>
    (await import('../commands/domains.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'import <file>', "Set the rules of a list in Mastodon's CSV format")
    .option('--replace', 'replace existing rules')
    .action(async (file, _options, command) =>
      (await import('../commands/domains.ts')).importFile(file, command.optsWithGlobals()),
    )
  leaf(group, 'export', "Print the rules in Mastodon's CSV format")
    .addHelpText('after', examples('domains export > rules.csv'))
    .action(async (_options, command) => (await import('../commands/domains.ts')).exportAll(command.optsWithGlobals()))
  leaf(group, 'allow <host>', 'Allow a server while federation is limited').action(async (host, _options, command) =>
    (await import('../commands/domains.ts')).allow(host, command.optsWithGlobals()),
  )
  leaf(group, 'disallow <host>', 'Remove a server from the allowed servers')
    .option('--yes', 'do so even while federation is limited, which ends all follows to and from it')
    .action(async (host, _options, command) =>
      (await import('../commands/domains.ts')).disallow(host, command.optsWithGlobals()),
    )
  leaf(group, 'allowed', 'List the allowed servers').action(async (_options, command) =>
    (await import('../commands/domains.ts')).allowed(command.optsWithGlobals()),
  )
  leaf(group, 'limited', 'Federate only with allowed servers (on), or with all (off)')
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .option('--yes', 'do so even if no server is allowed')
    .action(async (state, _options, command) =>
      (await import('../commands/domains.ts')).limited(state, command.optsWithGlobals()),
    )
  leaf(group, 'publish', 'Choose the audience of the list of limited and suspended servers')
    .addArgument(new Argument('<audience>').choices(audiences))
    .addOption(new Option('--reasons <audience>', 'audience of the public comments').choices(audiences))
    .addHelpText('after', examples('domains publish all --reasons users'))
    .action(async (audience, _options, command) =>
      (await import('../commands/domains.ts')).publish(audience, command.optsWithGlobals()),
    )
}

export function relays(program: Command): void {
  const group = program.command('relays').description('Relays, which forward public posts between servers')
  leaf(group, 'add <url>', 'Subscribe to a relay and send it public posts; the URL is its inbox or its actor')
    .option('--litepub', 'a LitePub relay, as Pleroma has; the URL is its actor')
    .addHelpText(
      'after',
      examples('relays add https://relay.example/inbox', 'relays add https://relay.example/actor --litepub'),
    )
    .action(async (url, _options, command) =>
      (await import('../commands/relays.ts')).add(url, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the relays with their ids and states').action(async (_options, command) =>
    (await import('../commands/relays.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'enable <id>', 'Subscribe to a relay again').action(async (id, _options, command) =>
    (await import('../commands/relays.ts')).enable(id, command.optsWithGlobals()),
  )
  leaf(group, 'disable <id>', 'Unsubscribe from a relay, but keep it in the list').action(
    async (id, _options, command) => (await import('../commands/relays.ts')).disable(id, command.optsWithGlobals()),
  )
  leaf(group, 'remove <id>', 'Unsubscribe from a relay, and remove it').action(async (id, _options, command) =>
    (await import('../commands/relays.ts')).remove(id, command.optsWithGlobals()),
  )
}
