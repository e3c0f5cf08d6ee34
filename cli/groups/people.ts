/** Accounts of people, their invites and app tokens. */
import type { Command } from 'commander'
import { examples, leaf } from '../leaf.ts'

/** Which roles there are is up to the admins. */
const roleHint = 'user, moderator, admin, owner, or the name of another role'

export function accounts(program: Command): void {
  const group = program.command('accounts').description('People with an account on this instance')
  leaf(group, 'create <name>', 'Create an account; without --password, prints a generated password')
    .requiredOption('--email <address>', 'email address of the person')
    .option('--password <password>', 'password, at least 8 characters')
    .option('--confirmed', 'mark the address as confirmed; otherwise a mail with a confirmation link is sent')
    .option('--role <role>', `role of the account: ${roleHint}`, 'user')
    .option('--display-name <name>', 'display name')
    .addHelpText('after', examples('accounts create alice --email alice@example.com --confirmed --role owner'))
    .action(async (name, _options, command) =>
      (await import('../commands/accounts.ts')).create(name, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the accounts, the newest first')
    .option('--role <role>', `only accounts with this role: ${roleHint}`)
    .option('--limit <number>', 'maximum number of results', '100')
    .addHelpText('after', examples('accounts list --role owner', 'accounts list --json'))
    .action(async (_options, command) => (await import('../commands/accounts.ts')).list(command.optsWithGlobals()))
  leaf(group, 'show <name>', 'Show an account').action(async (name, _options, command) =>
    (await import('../commands/accounts.ts')).show(name, command.optsWithGlobals()),
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
      (await import('../commands/accounts.ts')).modify(name, command.optsWithGlobals()),
    )
  leaf(group, 'approve <name>', 'Approve a sign-up that waits for it').action(async (name, _options, command) =>
    (await import('../commands/accounts.ts')).approve(name, command.optsWithGlobals()),
  )
  leaf(group, 'reject <name>', 'Reject a sign-up that waits for approval; its data is deleted')
    .option('--text <text>', 'text for the mail to the person')
    .action(async (name, _options, command) =>
      (await import('../commands/accounts.ts')).reject(name, command.optsWithGlobals()),
    )
  leaf(group, 'confirm <name>', 'Confirm the mail address of an account').action(async (name, _options, command) =>
    (await import('../commands/accounts.ts')).confirm(name, command.optsWithGlobals()),
  )
  leaf(group, 'memorialise <name>', 'Make an account a memorial of a person who died; nobody can log in to it').action(
    async (name, _options, command) =>
      (await import('../commands/accounts.ts')).memorialise(name, command.optsWithGlobals()),
  )
  leaf(group, 'delete <name>', 'Delete an account and its posts for ever; its name can never be used again')
    .option('--yes', 'do not ask for confirmation')
    .action(async (name, _options, command) =>
      (await import('../commands/accounts.ts')).remove(name, command.optsWithGlobals()),
    )
  leaf(
    group,
    'reset-password <name>',
    'Set a new password, or generate and print one without --password. Ends all sessions and app tokens',
  )
    .option('--password <password>', 'password, at least 8 characters')
    .action(async (name, _options, command) =>
      (await import('../commands/accounts.ts')).resetPassword(name, command.optsWithGlobals()),
    )
  leaf(
    group,
    'reset-factors <name>',
    'Remove authenticator app, passkeys and recovery codes of a person who lost them. Ends all sessions',
  ).action(async (name, _options, command) =>
    (await import('../commands/accounts.ts')).resetSecondFactors(name, command.optsWithGlobals()),
  )
  leaf(
    group,
    'rotate-keys <name>',
    'Replace the signing keys of an account, for example after a leak, and send them to other servers',
  ).action(async (name, _options, command) =>
    (await import('../commands/accounts.ts')).rotateKeys(name, command.optsWithGlobals()),
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
        (await import('../commands/moderation.ts')).act(name, action, command.optsWithGlobals()),
      )
  const undo = (verb: string, description: string, effect: 'sensitive' | 'disable' | 'silence' | 'suspend') =>
    leaf(group, `${verb} <name>`, description).action(async (name, _options, command) =>
      (await import('../commands/moderation.ts')).undo(name, effect, command.optsWithGlobals()),
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
      (await import('../commands/moderation.ts')).purge(name, command.optsWithGlobals()),
    )
  leaf(
    group,
    'move <name> <target>',
    'Move an account and its followers to another account (handle or URL), which must list it as an alias',
  )
    .addHelpText('after', examples('accounts move alice alice@other.example'))
    .action(async (name, target, _options, command) =>
      (await import('../commands/moving.ts')).move(name, target, command.optsWithGlobals()),
    )
  const alias = group
    .command('alias')
    .description('Aliases: other accounts of the same person, which may move to this one')
  leaf(alias, 'add <name> <handle>', 'Add an alias: an account of the same person, by handle or URL')
    .addHelpText('after', examples('accounts alias add alice alice@other.example'))
    .action(async (name, handle, _options, command) =>
      (await import('../commands/moving.ts')).aliasAdd(name, handle, command.optsWithGlobals()),
    )
  leaf(alias, 'list <name>', 'List the aliases of an account').action(async (name, _options, command) =>
    (await import('../commands/moving.ts')).aliasList(name, command.optsWithGlobals()),
  )
  leaf(alias, 'remove <name> <handle>', 'Remove an alias').action(async (name, handle, _options, command) =>
    (await import('../commands/moving.ts')).aliasRemove(name, handle, command.optsWithGlobals()),
  )
}

export function invites(program: Command): void {
  const group = program.command('invites').description('Invitations: links by which people sign up')
  leaf(group, 'create <name>', 'Make an invitation in the name of an account, and print its link')
    .option('--uses <number>', 'people who can sign up by it: 1, 5, 10, 25, 100 or any', '1')
    .option('--days <number>', 'days for which it is valid: 1, 7, 30 or any', '7')
    .option('--follow', 'people who come by it follow the account')
    .option('--note <text>', 'note for the account: to whom the link was given')
    .addHelpText('after', examples('invites create alice', 'invites create alice --uses 25 --days any --follow'))
    .action(async (name, _options, command) =>
      (await import('../commands/invites.ts')).create(name, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the invitations with the people who came by them, the newest first')
    .option('--account <name>', 'only those of this account')
    .option('--limit <number>', 'maximum number of results', '100')
    .addHelpText('after', examples('invites list', 'invites list --account alice --json'))
    .action(async (_options, command) => (await import('../commands/invites.ts')).list(command.optsWithGlobals()))
  leaf(group, 'revoke <id>', 'Revoke an invitation: nobody signs up by it any more').action(
    async (id, _options, command) => (await import('../commands/invites.ts')).revoke(id, command.optsWithGlobals()),
  )
}

export function tokens(program: Command): void {
  const group = program.command('tokens').description('Tokens for apps and scripts')
  leaf(group, 'create <name>', 'Create an API token for an account, and print it')
    .option('--scopes <scopes>', 'scopes of the token, separated by spaces', 'read write follow push')
    .addHelpText('after', examples('tokens create alice --scopes "read write"'))
    .action(async (name, _options, command) =>
      (await import('../commands/tokens.ts')).create(name, command.optsWithGlobals()),
    )
}
