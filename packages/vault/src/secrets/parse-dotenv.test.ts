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

/** U+2028 and U+2029 end a line for that package's pattern, and for no editor. */
const withoutSeparators = (text: string): string => text.replaceAll(/[\u2028\u2029]/g, '')
const alike = async (text: string): Promise<void> => {
  expect(Object.fromEntries((await parseDotenv(text)).entries)).toEqual(parse(text))
}

describe('parseDotenv', () => {
  it('reads ordinary files as dotenv does', async () => {
    await fc.assert(fc.asyncProperty(ordinary, alike), { seed: SEED, numRuns: 500 })
  })

  it('reads any other text as dotenv does', async () => {
    await fc.assert(fc.asyncProperty(soup.map(withoutSeparators), alike), { seed: SEED, numRuns: 1500 })
  })

  it('reads everything line by line: what says nothing does not hide what follows', async () => {
    expect(await parseDotenv('junk\nA=1\n\n\n= x\n# note\nB="open\nC=3')).toEqual({
      entries: new Map([
        ['A', '1'],
        ['B', '"open'],
        ['C', '3'],
      ]),
      strayLines: [1, 5],
      stray: 2,
    })
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
      expect((await parseDotenv(whole)).entries.size).toBeLessThan(3)
  })
})
