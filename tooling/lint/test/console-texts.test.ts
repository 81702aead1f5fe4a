import { expect, it } from 'vitest'
import { problemsOfConsoleSource } from '../src/console-texts.ts'

const misplaced = (source: string): string[] =>
  problemsOfConsoleSource('a.tsx', source).map((problem) => problem.replace(' belongs into a words.ts', ''))

it('keeps texts out of markup and out of the attributes and calls that a person reads', () => {
  const source = [
    'export const Page = ({ name, isOpen }: Props) => (',
    '  <Section title="Trash" id="trash" aria-label={`Trash of ${name}`} className="Not read">',
    '    <p>',
    '      Turn it',
    '      off',
    '    </p>',
    "    {isOpen ? 'Opened' : name}",
    '    <code>npm test</code>',
    '    <b>{name}</b>',
    '  </Section>',
    ')',
    "toast.success(isOpen && 'saved')",
    "export const CARDS = [{ value: 'mirror', title: 'Mirror' }]",
  ].join('\n')
  expect(misplaced(source).toSorted()).toEqual([
    'a.tsx:12: "saved"',
    'a.tsx:13: "Mirror"',
    'a.tsx:2: "Not read"',
    'a.tsx:2: "Trash of"',
    'a.tsx:2: "Trash"',
    'a.tsx:3: "Turn it off"',
    'a.tsx:7: "Opened"',
  ])
})

it('keeps sentences out of every other file, but for errors of the code itself', () => {
  const source = [
    "import { a } from './A file of text.ts'",
    "const HELP = 'One per line.'",
    "if (!a) throw new Error('No element to render into')",
    "const CLASSES = 'flex items-center'",
  ].join('\n')
  expect(misplaced(source)).toEqual(['a.tsx:2: "One per line."'])
})

it('names words in a catalogue that the console has another word for', () => {
  const source = "export const words = { a: 'Reads the target', b: (n: string) => `Kept there by the vendor ${n}` }"
  expect(
    problemsOfConsoleSource('apps/web/src/features/syncs/words.ts', source).map((each) => each.split(': write')[0]),
  ).toEqual([
    'apps/web/src/features/syncs/words.ts:1: "target"',
    'apps/web/src/features/syncs/words.ts:1: "vendor"',
    'apps/web/src/features/syncs/words.ts:1: "there"',
  ])
})
