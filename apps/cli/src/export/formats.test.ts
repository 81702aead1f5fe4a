import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { parsePythonDotenv } from '@keyferry/vitest/python-dotenv'
import { SEED } from '@keyferry/vitest/seed'
import { parse } from 'dotenv'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { FORMAT_NAMES, formatted, type FormatName } from './formats.ts'
import { maskCommands } from './github-actions.ts'

const dir = mkdtempSync(join(tmpdir(), 'keyferry-export-'))
afterAll(() => rmSync(dir, { recursive: true }))
const file = join(dir, 'exported')

/** Every code point that text can hold, in pieces, and every size up to the largest value. */
const EVERY = Array.from({ length: 0x11_0000 }, (_, code) => code).filter((code) => code < 0xd800 || code > 0xdfff)
const allText = Array.from({ length: EVERY.length / 16_000 }, (_, index) =>
  EVERY.slice(index * 16_000, (index + 1) * 16_000)
    .map((code) => String.fromCodePoint(code))
    .join(''),
)
const ascii = Array.from({ length: 127 }, (_, index) => String.fromCharCode(index + 1))
const sizes = [1, 2, 3, 63, 64, 1023, 1024, 4096, 32_768, 65_535, 65_536].flatMap((size) => [
  'x'.repeat(size),
  ' #\n'.repeat(size).slice(0, size),
  `it's ${'\n'.repeat(size)}`.slice(0, size),
])
const piece = fc.constantFrom(
  ...`' " \` \\ \\\\ # $ \${ } \${A} %{ $$ = a é 😀 ~ ! $(id) ; & | << * \\n e\u0301 : - 0 null`.split(' '),
  '`id`',
  '\n',
  '\r',
  '\r\n',
  '\t',
  ' ',
  ' #',
  '\u2028',
  '\u0085',
  '\uFEFF',
)
const soup = fc.sample(
  fc.oneof(
    fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary', maxLength: 40 }),
  ),
  { seed: SEED, numRuns: 800 },
)
const VALUES = ['', ...ascii, ...ascii.map((char) => `a${char}b`), ...allText, ...sizes, ...soup]
const ENTRIES = new Map(VALUES.map((value, index) => [`K${index}`, value]))

/** What a format takes of all the entries, written to the file, and what it refuses. */
function written(format: FormatName | 'json') {
  const held = new Map<string, string>()
  const refused: string[] = []
  for (const [key, value] of ENTRIES) {
    try {
      formatted(format, new Map([[key, value]]))
      held.set(key, value)
    } catch {
      refused.push(value)
    }
  }
  const text = formatted(format, held)
  writeFileSync(file, text)
  return { held, refused, text }
}

const own = (read: object): Map<string, unknown> => new Map(Object.entries(read))

/** What a shell has in its variables once it has read the file. */
function shell(held: ReadonlyMap<string, string>): Map<string, string> {
  const keys = [...held.keys()]
  writeFileSync(`${file}.sh`, `. '${file}'\nprintf '%s\\0' ${keys.map((key) => `"$${key}"`).join(' ')}\n`)
  const out = execFileSync('sh', [`${file}.sh`], { encoding: 'utf8', maxBuffer: 2 ** 28, env: {} })
  return new Map(
    out
      .split('\0')
      .slice(0, -1)
      .map((value, index) => [keys[index] ?? '', value]),
  )
}

describe('what secrets export writes', () => {
  it('as a .env file, dotenv, Node, python-dotenv and a POSIX shell read back exactly', () => {
    const { held, refused, text } = written('dotenv')
    expect(own(parse(text))).toEqual(held)
    expect(own(parseEnv(text))).toEqual(held)
    expect(parsePythonDotenv(text)).toEqual(held)
    expect(shell(held)).toEqual(held)
    const few = new Map([...held].filter(([, value]) => value.length < 1000 && !value.includes('\uFEFF')))
    writeFileSync(file, formatted('dotenv', few))
    const print = 'process.stdout.write(JSON.stringify(process.env))'
    const read: object = JSON.parse(
      execFileSync(process.execPath, [`--env-file=${file}`, '-e', print], { encoding: 'utf8', env: {} }),
    )
    expect(own(read)).toEqual(few)
    // What no text in quotes holds for all four.
    for (const value of refused)
      expect(value).toMatch(/[\0\r]|\$\{[^}:]*(:-[^}]*)?\}|^(?=[^]*('|\\\\|\\$))(?=[^]*["$`\\])/)
    for (const value of ["it's", "it's\nhere", 'C:\\dir', '$HOME `id` $(id)', 'a #b', '{"a":"b"}', ' x '])
      expect(refused).not.toContain(value)
  })

  it('as a shell script, a shell reads back exactly, and runs nothing', () => {
    const { held, refused } = written('shell')
    expect(shell(held)).toEqual(held)
    for (const value of refused) expect(value).toContain('\0')
  })

  it('as YAML, readers of 1.1 and 1.2 read back exactly', () => {
    // That package takes seconds for a million characters: those beyond U+FFFF, which YAML has no rule for, are left
    // out.
    const some = new Map([...ENTRIES].filter(([, value]) => value.length < 20_000 || value.length === 65_536))
    for (const version of ['1.1', '1.2'] as const)
      expect(own(parseYaml(formatted('yaml', some), { version }))).toEqual(some)
    expect(parseYaml(formatted('yaml', new Map([['a: b\u0085"', 'no']])))).toEqual({ 'a: b\u0085"': 'no' })
  })

  it('as JSON, every reader reads back exactly, also under names of JavaScript', () => {
    const { held, text } = written('json')
    expect(own(JSON.parse(text))).toEqual(held)
    const names = new Map([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ])
    expect(own(JSON.parse(formatted('json', names)))).toEqual(names)
  })

  it('for docker run --env-file, lines are taken as they are', () => {
    const { held, refused, text } = written('docker-env')
    // Docker's reader: lines up to 64 KiB, a carriage return at the end dropped, blanks before the name, comments.
    const lines = text.split('\n').slice(0, -1)
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(65_536)
    const read = lines.map((line): [string, string] => {
      const shown = line.replace(/\r$/, '').trimStart()
      expect(shown).not.toMatch(/^#/)
      return [shown.slice(0, shown.indexOf('=')), shown.slice(shown.indexOf('=') + 1)]
    })
    expect(new Map(read)).toEqual(held)
    for (const value of refused) expect(value).toMatch(/[\0\n]|\r$|^[^]{10000}/)
    expect(held.size).toBeGreaterThan(400)
  })

  it('as a .tfvars file, Terraform reads back exactly', () => {
    const { held, refused, text } = written('tfvars')
    const read = text
      .split('\n')
      .slice(0, -1)
      .map((line): [string, string] => {
        const [, key = '', quoted = ''] = /^(\w+) = "((?:[^"\\]|\\(?:[nrt"\\]|u[0-9a-f]{4}))*)"$/.exec(line) ?? []
        // A template would begin here, and Terraform normalizes what it reads.
        expect(quoted).not.toMatch(/[$%]\{|\p{Cc}/u)
        return [key, String(JSON.parse(`"${quoted}"`)).normalize('NFC')]
      })
    expect(new Map(read)).toEqual(held)
    for (const value of refused) expect(value.normalize('NFC')).not.toBe(value)
  })

  it('for a GitHub workflow, the runner reads back exactly, and hides every line', () => {
    const { held, refused, text } = written('github-actions')
    const read = new Map<string, string>()
    // The runner's reader on Linux: lines end with U+000A only, and the one before the delimiter's line is not part of
    // the value.
    const lines = text.split('\n')
    for (let at = 0; at < lines.length - 1;) {
      const [key = '', delimiter = ''] = (lines[at] ?? '').split('<<')
      const end = lines.indexOf(delimiter, at + 1)
      expect(end).toBeGreaterThan(at)
      read.set(key, lines.slice(at + 1, end).join('\n'))
      at = end + 1
    }
    expect(read).toEqual(held)
    for (const value of refused) expect(value).toContain('\0')
    expect(maskCommands('-----BEGIN-----\r\n100%\n\n-----END-----\n')).toBe(
      [
        '::add-mask::-----BEGIN-----%0D%0A100%25%0A%0A-----END-----%0A',
        '::add-mask::-----BEGIN-----',
        '::add-mask::100%25',
        '::add-mask::-----END-----',
        '',
      ].join('\n'),
    )
    expect(maskCommands(' \n')).toBe('')
    for (const name of ['GITHUB_TOKEN', 'RUNNER_OS', 'A<<B', 'A=B'])
      expect(() => formatted('github-actions', new Map([[name, 'x']]))).toThrow(`can’t represent ${name}`)
  })

  it('names what it cannot hold, or marks it as base64 where that was requested', () => {
    const values = new Map([
      ['A', 'a\r\nb'],
      ['B', 'fine'],
    ])
    expect(() => formatted('dotenv', values)).toThrow('A .env file can’t represent A')
    expect(formatted('dotenv', values, true)).toBe('A_BASE64=YQ0KYg==\nB=fine\n')
    // A name that is there already stays what it is.
    expect(() => formatted('dotenv', new Map([...values, ['A_BASE64', 'x']]), true)).toThrow('can’t represent A')
    const small = new Map([...ENTRIES].filter(([, value]) => value.length < 10_000))
    for (const format of FORMAT_NAMES) expect(formatted(format, small, true).length).toBeGreaterThan(0)
  })
})
