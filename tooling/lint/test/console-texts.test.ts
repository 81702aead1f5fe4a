import { expect, it } from 'vitest'
import { problemsOfConsoleSource } from '../src/console-texts.ts'

const source = [
  'export const Page = ({ name }: Props) => (',
  '  <Section title="Trash" id="trash" aria-label={`Trash of ${name}`}>',
  '    <p>',
  '      Switch it',
  '      off',
  '    </p>',
  '    <b>{name}</b>',
  '  </Section>',
  ')',
  "export const TEXT = 'This makes a new key.'",
].join('\n')

it('names words that nobody in the field says, wherever they stand', () => {
  expect(
    problemsOfConsoleSource('a.tsx', source, { hasCatalogue: false }).map((each) => each.split(': write')[0]),
  ).toEqual(['a.tsx:3: "Switch it off"', 'a.tsx:10: "makes a"'])
})

it('keeps texts out of the markup of a feature that has a catalogue', () => {
  const found = problemsOfConsoleSource('a.tsx', source, { hasCatalogue: true })
  expect(found).toContain('a.tsx:2: "Trash" belongs into words.ts of its feature')
  expect(found).toContain('a.tsx:3: "Switch it off" belongs into words.ts of its feature')
  expect(found).toHaveLength(4)
})
