import { describe, expect, it } from 'vitest'
import { problemsOfDocument, problemsOfSource } from '../src/writing.ts'

describe('the check of the writing', () => {
  it('names the file, the line and the words, in comments, strings, templates, JSX and documents', () => {
    const source = [
      '/** Whoever',
      ' * calls. */',
      "export const TEXT = 'It is told by itself.'",
      'export const Page = () => <p title={`sealed ${1} anew`}>Nothing of it</p>',
      '// A key that is looked',
      '// at.',
    ].join('\n')
    expect(problemsOfSource('a.tsx', source).map((problem) => problem.split(': write')[0])).toEqual([
      'a.tsx:1: "Whoever"',
      'a.tsx:3: "is told"',
      'a.tsx:3: "by itself"',
      'a.tsx:4: "anew"',
      'a.tsx:4: "Nothing of"',
    ])
    expect(problemsOfDocument('a.md', 'Fine.\nThis cannot be held there.\nSends e-mails.')).toEqual([
      'a.md:2: "cannot be held": write "can\'t be stored"',
      'a.md:3: "e-mails": write "email"',
    ])
  })

  it('reads a wrapped sentence as one, and leaves names alone', () => {
    expect(problemsOfSource('a.ts', '/**\n * A plan that was looked\n * at.\n */')).toHaveLength(1)
    expect(problemsOfSource('a.ts', '/** `anew` is a name. */\nexport const whoever = 1')).toEqual([])
  })

  it('names riddles in what people read: strings of the product and documents, not comments and tests', () => {
    const source = "// At the vendor, by somebody.\nexport const TEXT = 'It was removed there by somebody.'"
    expect(problemsOfSource('packages/core/src/a.ts', source).map((problem) => problem.split(': write')[0])).toEqual([
      'packages/core/src/a.ts:2: "somebody"',
      'packages/core/src/a.ts:2: "removed there"',
    ])
    expect(problemsOfSource('packages/core/src/a.test.ts', source)).toEqual([])
    expect(problemsOfDocument('a.md', 'Fine.\n```\nbench vendors\n```\nNo vendor.')).toEqual([
      'a.md:5: "vendor": write "provider", or its name',
    ])
  })

  it('refuses a comment past column 120, not code', () => {
    const long = 'word '.repeat(30).trim()
    expect(problemsOfSource('a.ts', `// ${long}`)).toEqual(['a.ts:1: a comment past column 120'])
    expect(problemsOfSource('a.ts', `/**\n * Short.\n * ${long}\n */`)).toEqual(['a.ts:3: a comment past column 120'])
    expect(problemsOfSource('a.ts', `export const TEXT = '${long}'`)).toEqual([])
  })
})
