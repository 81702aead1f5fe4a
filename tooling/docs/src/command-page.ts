import { PassThrough, Readable } from 'node:stream'
import { programOf } from '@keyferry/cli/program'
import { terminalOf } from '@keyferry/cli/terminal'
import type { Argument, Command } from 'commander'
import { escaped } from './escaped.ts'

const nowhere = { stdin: Readable.from([]), stdout: new PassThrough(), stderr: new PassThrough() }

/** The command line, to read what it takes. */
export const program = (): Command => programOf({ env: {}, terminal: terminalOf(nowhere), exitWith() {} })

/** Every command of `keyferry` with its arguments and options, as Markdown. */
export const commandPage = (): string =>
  `# Commands\n\nEvery command of [\`keyferry\`](cli.md), as \`--help\` describes it.\n\n${sections(program(), 'keyferry').join('\n')}`

const sections = (command: Command, path: string): string[] => {
  const help = command.createHelp()
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help')
  if (children.length > 0) return children.flatMap((child) => sections(child, `${path} ${child.name()}`))
  const usage = [path, ...command.registeredArguments.map(argumentText)].join(' ')
  const described = [
    ...help.visibleArguments(command).map((argument) => [argumentText(argument), help.argumentDescription(argument)]),
    ...help.visibleOptions(command).map((option) => [option.flags, help.optionDescription(option)]),
  ]
  const rows = described.map(([term = '', text = '']) => `| ${code(term)} | ${escaped(text)} |`)
  return [
    `## ${path}\n`,
    `${escaped(command.description())}.\n`,
    `    ${usage}\n`,
    `| | |\n|---|---|\n${rows.join('\n')}\n`,
  ]
}

const argumentText = (argument: Argument): string => {
  const text = `${argument.name()}${argument.variadic ? '…' : ''}`
  return argument.required ? `<${text}>` : `[${text}]`
}

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``
