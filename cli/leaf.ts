import type { Command } from 'commander'

/** A command that prints something, for people or, with `--json`, for machines. */
export const leaf = (parent: Command, nameAndArguments: string, description: string): Command =>
  parent.command(nameAndArguments).description(description).option('--json', 'print the result as JSON')

/** Examples for the help of a command. */
export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ npx pipit ${line}`).join('\n')}\n`
