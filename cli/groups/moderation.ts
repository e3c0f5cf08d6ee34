/** Reports, and rules about networks and mail addresses. */
import { type Command, Option } from 'commander'
import { examples, leaf } from '../leaf.ts'

export function reports(program: Command): void {
  const group = program.command('reports').description('Reports to the moderators, by local people and other servers')
  leaf(group, 'list', 'List open reports, the newest first')
    .option('--all', 'also list resolved reports')
    .option('--limit <number>', 'maximum number of results', '100')
    .addHelpText('after', examples('reports list', 'reports list --all --json'))
    .action(async (_options, command) => (await import('../commands/reports.ts')).list(command.optsWithGlobals()))
  leaf(group, 'show <id>', 'Show a report with its posts as they were, notes, related reports and strikes')
    .addHelpText('after', examples('reports show 117703206114115262'))
    .action(async (id, _options, command) =>
      (await import('../commands/reports.ts')).show(id, command.optsWithGlobals()),
    )
  leaf(group, 'resolve <id>', 'Resolve a report, as nothing more is to be done')
    .addHelpText('after', examples('reports resolve 117703206114115262'))
    .action(async (id, _options, command) =>
      (await import('../commands/reports.ts')).resolve(id, command.optsWithGlobals()),
    )
}

export function addresses(program: Command): void {
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
      (await import('../commands/addresses.ts')).block(what, command.optsWithGlobals()),
    )
  leaf(group, 'allow <what>', 'Remove the rule about a network, a mail domain or a mail address').action(
    async (what, _options, command) =>
      (await import('../commands/addresses.ts')).allow(what, command.optsWithGlobals()),
  )
  leaf(group, 'list', 'List the rules; of mail addresses, only hashes are stored').action(async (_options, command) =>
    (await import('../commands/addresses.ts')).list(command.optsWithGlobals()),
  )
}
