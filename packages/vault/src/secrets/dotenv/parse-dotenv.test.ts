import { parseEnv } from 'node:util'
import { parsePythonDotenv } from '@keyferry/vitest/python-dotenv'
import { SEED } from '@keyferry/vitest/seed'
import { parse } from 'dotenv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDotenv } from './parse-dotenv.ts'

/** Pieces that mean something in such a file. */
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('A', 'KEY_2', 'dotted.key-1', 'export', 'x y', 'é', '$', '${A}', '/', ',') },
  { weight: 4, arbitrary: fc.constantFrom('=', ': ', ':', '\n', ' ', '\t', '\r\n', '\r', '\n\n', '\uFEFF') },
  { weight: 4, arbitrary: fc.constantFrom("'", '"', '`', "\\'", '\\"', '\\', '\\n', '\\r', '#', ' # note', 'export ') },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 5 }) },
)
const soup = fc.array(piece, { maxLength: 25 }).map((pieces) => pieces.join(''))

const key = fc.stringMatching(/^[A-Z_][A-Z0-9_.-]{0,8}$/)
const word = fc.stringMatching(/^[a-z0-9:/@ .,=${}é-]{0,20}$/)
const value = fc.oneof(
  word,
  word.map((text) => `'${text}'`),
  fc.array(word, { maxLength: 3 }).map((lines) => `"${lines.join('\n')}"`),
  word.map((text) => `\`${text}\` # why`),
  word.map((text) => `"${text}\\n${text}"`),
)
const assignment = fc
  .tuple(fc.constantFrom('', 'export ', '  '), key, fc.constantFrom('=', ' = ', '= ', ': '), value)
  .map((parts) => parts.join(''))
const ordinary = fc
  .array(fc.oneof(assignment, assignment, fc.constantFrom('', '# note', '  ')), { maxLength: 20 })
  .chain((lines) => fc.constantFrom('\n', '\r\n').map((end) => lines.join(end)))

const words = fc.constantFrom(
  ...`a secret é $x \${A} \${B:-c} {"a":"b"} it's x=y == C:\\dir # #ff \\n \\t \\ \\" \\' " ' \` 😀 https://h/p?q=1#frag % !`.split(
    ' ',
  ),
  'b c',
  ' note',
  ' #',
  ' ',
  '\t',
  '\u00A0',
  '\n',
)
/** A line as people write them, with something unusual in it now and then. */
const generatedLine = fc
  .tuple(
    fc.constantFrom('', '', '', 'export ', '  '),
    fc.constantFrom('KEY', 'KEY_1', 'a.b', 'x-y', 'export', '1A', 'A B'),
    fc.constantFrom('=', '=', '=', ' = ', '= ', ': ', ' ='),
    fc.constantFrom('', '', '', "'", '"', '`'),
    fc.array(words, { maxLength: 3 }).map((parts) => parts.join('')),
    fc.constantFrom('', '', ' ', '# c', ' # c', 'x'),
  )
  .map(([before, name, equals, quote, text, end]) => `${before}${name}${equals}${quote}${text}${quote}${end}`)

/** U+2028 and U+2029 end a line for that package's pattern, and for no editor. */
const withoutSeparators = (text: string): string => text.replaceAll(/[\u2028\u2029]/g, '')
const valuesIn = async (text: string): Promise<Map<string, string>> =>
  new Map((await parseDotenv(text)).assignments.map(({ key, value }) => [key, value]))
const alike = async (text: string): Promise<void> => {
  expect(await valuesIn(text)).toEqual(new Map(Object.entries(parse(text))))
}

/**
 * The kinds of lines that were found in public `.env` files and reports about them, and whether dotenv, Node and
 * python-dotenv agree on them.
 */
const CLASSES: readonly (readonly [line: string, isAlike: boolean])[] = [
  ['BASIC=basic', true],
  ['EMPTY=', true],
  ["EMPTY_SINGLE=''", true],
  ['EMPTY_DOUBLE=""', true],
  ['  SPACED  =  padded value  ', true],
  ['export TZ=UTC', true],
  ["export TZ='UTC'", true],
  ['RANDOM=ae13021a # made with `openssl rand`', true],
  ['URL=postgresql://user:pass@localhost:5432/db?schema=public', true],
  ['EQUALS=equals==', true],
  ['BCRYPT=$2b$10$abcdefghijklmnopqrstuv', true],
  ['JSON={"a":"x", "b":[1,2]}', true],
  ['JSON_QUOTED=\'{"a":"it is"}\'', true],
  ['HASH="a # b"', true],
  ["SPACES='  x  '", true],
  ['INNER=it\'s "fine"', true],
  ['LINES="one\\ntwo"', true],
  ['PEM="-----BEGIN KEY-----\nMIIB=/+\n-----END KEY-----"', true],
  ['WINDOWS=C:\\dir\\name', true],
  ["WINDOWS='C:\\dir\\name'", true],
  ['dotted.key-1=x', true],
  ['UNICODE=žluťoučký', true],
  ['REFERENCE=${BASIC}/x', true],
  ['DEFAULT=${FOO:-x}', true],
  ['PASSWORD=s3cret#2024', false],
  ['COLOR=#FF0000', false],
  ['ESCAPED="a\\tb"', false],
  ['QUOTES="a \\"b\\" c"', false],
  ["TRAILING='C:\\'", false],
  ['BACKTICKS=`a`', false],
  ['YAML: x', false],
  ['OPEN="never closed', false],
  ['AFTER="x" y', false],
  ['export EMPTY=', false],
]

/** What each reader has for a text, and for the line behind it. */
const readings = (text: string): string[] =>
  [{ ...parse(text) }, { ...parseEnv(text) }, Object.fromEntries(parsePythonDotenv(text))].map((read) =>
    JSON.stringify(Object.entries(read).sort(([a], [b]) => (a < b ? -1 : 1))),
  )

describe('parseDotenv', () => {
  it('reads ordinary files as dotenv does', async () => {
    await fc.assert(fc.asyncProperty(ordinary, alike), { seed: SEED, numRuns: 500 })
  })

  it('reads any other text as dotenv does', async () => {
    await fc.assert(fc.asyncProperty(soup.map(withoutSeparators), alike), { seed: SEED, numRuns: 1500 })
  })

  it('stores a line as dotenv, Node and python-dotenv read it, or says that they do not agree', async () => {
    const agree = async (line: string): Promise<{ alike: boolean; said: boolean }> => {
      const text = `${line}\nAFTERWARDS=1\n`
      const { assignments, refused } = await parseDotenv(text)
      const [first, ...others] = readings(text)
      const alike = others.every((other) => other === first)
      const said = refused.length > 0 || assignments.some(({ isReadAlike, isCut }) => !isReadAlike || isCut)
      if (alike && refused.length === 0)
        expect(await valuesIn(text), line).toEqual(new Map(Object.entries(parse(text))))
      if (!alike) expect({ line, said }).toEqual({ line, said: true })
      return { alike, said }
    }
    expect(CLASSES).toHaveLength(34)
    for (const [line, isAlike] of CLASSES)
      expect({ line, ...(await agree(line)) }).toEqual({ line, alike: isAlike, said: !isAlike })
    const counts = { alike: 0, saidForNothing: 0 }
    for (const line of fc.sample(generatedLine, { seed: SEED, numRuns: 10_000 })) {
      const { alike, said } = await agree(line)
      if (alike) counts.alike++
      if (alike && said) counts.saidForNothing++
    }
    expect(counts.alike).toBeGreaterThan(2000)
    // Forms that nobody writes may be named although the readers agree.
    expect(counts.saidForNothing / counts.alike).toBeLessThan(0.1)
  })

  it('reads everything line by line: what says nothing does not hide what follows', async () => {
    const { assignments, refused } = await parseDotenv('junk\nA=1\n\n\n= x\n# note\nB="open\nC=3')
    expect(assignments.map(({ key, value, line }) => [key, value, line])).toEqual([
      ['A', '1', 2],
      ['B', '"open', 7],
      ['C', '3', 8],
    ])
    expect(refused).toMatchObject([{ from: 1 }, { from: 5 }])
  })

  it('takes no line of a PEM block without quotes for a name, nor of other encoded data behind a refused line', async () => {
    const body = `${'A'.repeat(64)}\n${'b+/'.repeat(8)}QUJD\n`
    const blocks = [
      `-----BEGIN PRIVATE KEY-----\n${body}QUJDREVGRw==\n-----END PRIVATE KEY-----`,
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\n${body}QUJDREVGRw=\n-----END RSA PRIVATE KEY-----`,
      `-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: x\n\n${body}=QUJD\n-----END PGP PRIVATE KEY BLOCK-----`,
      `---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\n${body}---- END SSH2 PUBLIC KEY ----`,
      `-----BEGIN CERTIFICATE-----\n${body}QUJDREVGRw==`,
    ]
    for (const block of blocks)
      for (const start of ['KEY=', 'KEY="', "export KEY= '", 'KEY: ', 'KEY=\n', '']) {
        const { assignments, refused } = await parseDotenv(`A=1\n${start}${block}\nOTHER=x\nB=2`)
        expect(assignments.filter(({ value }) => value !== '').map(({ key }) => key)).toEqual(['A', 'OTHER', 'B'])
        expect(refused).toHaveLength(1)
        expect(refused).toMatchObject([{ problem: 'pem-block', key: /^KEY=\n$|^$/.test(start) ? null : 'KEY' }])
      }
    const quoted = `KEY="${blocks[0] ?? ''}"`
    expect(await valuesIn(quoted)).toEqual(new Map([['KEY', blocks[0]]]))
    expect([...(await valuesIn(`KEY=%%\n!!\n${'QUJD'.repeat(9)}==\nB=2`)).keys()]).toEqual(['KEY', 'B'])
  })

  const repeated = ['\n', '\r', '\u2028', ' ', 'A', '=', ':', '#', "'", '"', '`', '\\', '\t', '\uFEFF', '\0', 'é']
  const lines = [
    'A="\n',
    "A='\\' \\' \n",
    'A\n',
    'export\n',
    'export \n',
    'A=\n',
    'A:\n',
    "' \n",
    'A=-----BEGIN X-----\n',
    'A=-----BEGIN X-----\nabcd==\n',
    '-----BEGIN X-----\n\n',
    'A=\u2028',
    '"a\u2028',
    '#\n',
    'A= \n"',
  ]
  it.each([...repeated, ...lines])('reads a long text of %j at once', { timeout: 20_000 }, async (text) => {
    const content = text.repeat(300_000 / text.length)
    for (const whole of [
      content,
      `A=${content}`,
      `A="${content}`,
      `A="${content}"`,
      `A\n${content}`,
      `export ${content}`,
    ])
      expect((await valuesIn(whole)).size).toBeLessThan(3)
  })
})
