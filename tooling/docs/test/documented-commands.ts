/** The commands that documents tell their reader to run. */
import type { Command } from 'commander'

const CODE = /^```[^\n]*\n([^]*?)^```|^ {4}(.*)$|`([^`\n]+)`/gm
/** `keyferry` where a shell's line has a command, up to what ends it. */
const KEYFERRY =
  /(?:^|[|&;(]|\b(?:npx|npx --yes|pnpm@\d+ exec)) *(?:[A-Z_]+=\S* +)*keyferry((?: +(?:'[^']*'|"[^"]*"|[^\s|;&<>#`]+))+)/gm
const SCRIPT = /\bnpx -y pnpm@\d+ ([a-z][\w:-]*)/g

export const codeOf = (markdown: string): string[] =>
  [...markdown.matchAll(CODE)].map(([, block, line, span]) => block ?? line ?? span ?? '')

/** What follows `keyferry` in each command of a document. */
export const keyferryCommands = (markdown: string): string[] =>
  codeOf(markdown).flatMap((code) => [...code.matchAll(KEYFERRY)].map(([, words = '']) => words.trim()))

/** What follows `npx -y pnpm@…` in each command of a document. */
export const pnpmCommands = (markdown: string): string[] =>
  codeOf(markdown).flatMap((code) => [...code.matchAll(SCRIPT)].map(([, name = '']) => name))

/** Options that a command can't do without, as `keyferry machines sign-in --method`. */
export function mandatoryOptions(command: Command): { words: string; option: string }[] {
  const own = command.options.flatMap(({ mandatory, long }) =>
    mandatory && long ? [{ words: command.name(), option: long }] : [],
  )
  const below = command.commands.flatMap(mandatoryOptions)
  return [...own, ...below.map(({ words, option }) => ({ words: `${command.name()} ${words}`, option }))]
}

/** What `program` would not take of such a command; null: nothing. */
export function problemOf(program: Command, words: string): string | null {
  let command = program
  for (const word of words.split(/ +/)) {
    if (word === '--') return null
    if (word.startsWith('--')) {
      const [name = ''] = word.split('=')
      if (!command.options.some(({ long }) => long === name)) return `keyferry ${words}: there is no ${name}`
      continue
    }
    const child = command.commands.find((one) => one.name() === word)
    if (child) command = child
    else if (command.commands.length > 0 && /^[a-z]/.test(word)) return `keyferry ${words}: there is no ${word}`
  }
  return null
}
