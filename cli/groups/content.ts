/** Posts, announcements, emojis, files and trends. */
import type { Command } from 'commander'
import { examples, leaf } from '../leaf.ts'

export function statuses(program: Command): void {
  const group = program.command('statuses').description('Posts, local and remote ones')
  leaf(group, 'delete <posts...>', 'Delete posts or boosts, by their ids or URLs, for ever; their authors are told')
    .option('--text <text>', 'text to the authors')
    .option('--no-strike', 'do not tell the authors, and count it as no action against them')
    .option('--no-mail', 'send no mail to the authors; a notification comes in any case')
    .action(async (posts, _options, command) =>
      (await import('../commands/moderation.ts')).removeStatus(posts, command.optsWithGlobals()),
    )
  leaf(group, 'purge <name>', 'Delete all posts of a local or remote account for ever')
    .option('--before <time>', 'only those that are older')
    .option('--yes', 'do not ask for confirmation')
    .addHelpText('after', examples('statuses purge spammer@remote.example --yes'))
    .action(async (name, _options, command) =>
      (await import('../commands/moderation.ts')).purgePosts(name, command.optsWithGlobals()),
    )
}

export function announcements(program: Command): void {
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
      (await import('../commands/announcements.ts')).add(text, command.optsWithGlobals()),
    )
  timed(
    leaf(
      group,
      'edit <id> <text>',
      'Change the text and times of an announcement; it stays read for people who have read it',
    ),
  ).action(async (id, text, _options, command) =>
    (await import('../commands/announcements.ts')).edit(id, text, command.optsWithGlobals()),
  )
  leaf(group, 'list', 'List all announcements with their ids, also past ones').action(async (_options, command) =>
    (await import('../commands/announcements.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'remove <id>', 'Remove an announcement').action(async (id, _options, command) =>
    (await import('../commands/announcements.ts')).remove(id, command.optsWithGlobals()),
  )
}

export function emoji(program: Command): void {
  const group = program.command('emoji').description('Custom emojis of this instance')
  leaf(group, 'add <shortcode> <file>', 'Add an emoji, or replace its image: a PNG, GIF or WebP file of up to 256 KB')
    .option('--category <name>', 'category in emoji pickers')
    .option('--hidden', 'do not show it in emoji pickers')
    .addHelpText('after', examples('emoji add blobcat blobcat.png --category Cats'))
    .action(async (shortcode, file, _options, command) =>
      (await import('../commands/emoji.ts')).add(shortcode, file, command.optsWithGlobals()),
    )
  leaf(group, 'list', 'List the emojis').action(async (_options, command) =>
    (await import('../commands/emoji.ts')).list(command.optsWithGlobals()),
  )
  leaf(group, 'remove <shortcode>', 'Remove an emoji; texts that use it show its shortcode').action(
    async (shortcode, _options, command) =>
      (await import('../commands/emoji.ts')).remove(shortcode, command.optsWithGlobals()),
  )
}

export function media(program: Command): void {
  const group = program.command('media').description('Cached pictures, films and sounds of other servers')
  leaf(group, 'usage', 'Show the number of cached files, and their size').action(async (_options, command) =>
    (await import('../commands/media.ts')).usage(command.optsWithGlobals()),
  )
  leaf(group, 'prune', 'Remove cached files that nobody has viewed for some days; they are fetched again when needed')
    .option('--days <number>', 'number of days; 0 removes all', '14')
    .addHelpText('after', examples('media prune --days 3'))
    .action(async (_options, command) => (await import('../commands/media.ts')).prune(command.optsWithGlobals()))
}

export function trends(program: Command): void {
  const group = program.command('trends').description('Hashtags, links and posts that trend')
  leaf(group, 'list', 'List trending items, also hidden ones, with the decisions about them')
    .option('--limit <number>', 'maximum number of results of each kind', '20')
    .option('--compute', 'compute trends first; the worker does so every five minutes')
    .action(async (_options, command) => (await import('../commands/trends.ts')).list(command.optsWithGlobals()))
  leaf(group, 'approve <what>', 'Allow an item to trend: a hashtag, the URL of a link, or the URL or id of a post')
    .addHelpText('after', examples("trends approve '#caturday'", 'trends approve https://news.example/story'))
    .action(async (what, _options, command) =>
      (await import('../commands/trends.ts')).decide(what, true, command.optsWithGlobals()),
    )
  leaf(group, 'reject <what>', 'Never allow an item to trend')
    .addHelpText('after', examples("trends reject '#spam'"))
    .action(async (what, _options, command) =>
      (await import('../commands/trends.ts')).decide(what, false, command.optsWithGlobals()),
    )
}
