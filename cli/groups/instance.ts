/** Settings and rules of the instance, and generated posts. */
import type { Command } from 'commander'
import { examples, leaf } from '../leaf.ts'

export function settings(program: Command): void {
  const group = program.command('settings').description('Settings of the instance, as in Administration on the website')
  leaf(group, 'list', 'List the settings').action(async (_options, command) =>
    (await import('../commands/settings.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'set <name> <value>', 'Change a setting: on or off, text, or a list separated by commas')
    .addHelpText('after', examples('settings set authorized-fetch on', 'settings set registrations approval'))
    .action(async (name, value, _options, command) =>
      (await import('../commands/settings.ts')).set(name, value, command.optsWithGlobals()),
    )
}

export function rules(program: Command): void {
  const group = program
    .command('rules')
    .description('Rules of this instance, which people read before they join or report')
  leaf(group, 'add <text>', 'Add a rule at the end')
    .option('--hint <text>', 'explanation of the rule')
    .addHelpText('after', examples('rules add "Be kind" --hint "Also to strangers"'))
    .action(async (text, _options, command) =>
      (await import('../commands/rules.ts')).add(text, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the rules with their ids').action(async (_options, command) =>
    (await import('../commands/rules.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'remove <id>', 'Remove a rule').action(async (id, _options, command) =>
    (await import('../commands/rules.ts')).remove(id, command.optsWithGlobals()),
  )
}

export function demo(program: Command): void {
  leaf(program, 'demo', 'Add generated people, posts, threads, images and follows; nothing is sent to other servers')
    .option('--posts <number>', 'number of posts', '500')
    .option('--seed <number>', 'the same seed generates the same people and posts', '1')
    .addHelpText('after', examples('demo', 'demo --posts 100000'))
    .action(async (_options, command) => (await import('../commands/demo.ts')).demo(command.optsWithGlobals()))
}
