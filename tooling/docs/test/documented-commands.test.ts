/** Every command of the documents exists, with its options. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import manifest from '../../../package.json' with { type: 'json' }
import { program } from '../src/command-page.ts'
import { codeOf, keyferryCommands, mandatoryOptions, pnpmCommands, problemOf } from './documented-commands.ts'

const ROOT = join(import.meta.dirname, '../../..')
/** What `cli.md` says of all commands at once. */
const COMMON = ['--project', '--env']
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).map((file) =>
  readFileSync(join(ROOT, file), 'utf8'),
)

it('knows every command of keyferry that a document names', () => {
  const known = program()
  const commands = documents.flatMap(keyferryCommands)
  expect(commands.length).toBeGreaterThan(60)
  expect(commands.map((words) => problemOf(known, words)).filter((problem) => problem !== null)).toEqual([])
  const [wrong = '', misspelt = ''] = keyferryCommands(
    '`keyferry secrets put A` and\n\n    A=1 keyferry secrets set --fille x\n',
  )
  expect(problemOf(known, wrong)).toBe('keyferry secrets put A: there is no put')
  expect(problemOf(known, misspelt)).toBe('keyferry secrets set --fille x: there is no --fille')
})

it('shows every option that a command cannot do without', () => {
  const mandatory = mandatoryOptions(program()).filter(({ option }) => !COMMON.includes(option))
  expect(mandatory.length).toBeGreaterThan(8)
  const shown = documents.flatMap(codeOf).flatMap((code) => code.split('\n'))
  const isShown = ({ words, option }: { words: string; option: string }): boolean =>
    shown.some((line) => new RegExp(`(^| )${words.split(' ').at(-1)} .*${option}\\b`).test(line))
  expect(mandatory.filter((one) => !isShown(one))).toEqual([])
})

it('knows every script of the workspace that a document names', () => {
  const named = new Set(documents.flatMap(pnpmCommands))
  expect(named.size).toBeGreaterThan(8)
  expect([...named].filter((name) => !(name in manifest.scripts) && !['exec', 'install'].includes(name))).toEqual([])
})
