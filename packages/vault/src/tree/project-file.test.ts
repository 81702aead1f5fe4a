import { gzipSync } from 'node:zlib'
import { DEFAULT_LIMITS, Invalid, TooLarge } from '@keyferry/kernel'
import { expect, it } from 'vitest'
import { readContent } from './project-file.ts'

const content = {
  project: { name: 'Shop', slug: 'a-shop', description: null },
  environments: [{ name: 'Dev', slug: 'dev' }],
  folders: [{ environment: 'dev', path: '/', description: null }],
  tags: [{ slug: 't', name: 'T', color: '' }],
  imports: [],
  secrets: [
    { environment: 'dev', path: '/', key: 'K', value: 'v', comment: '', skipMultilineEncoding: false, tags: [] },
  ],
}
const read = (text: string) => readContent({ ...DEFAULT_LIMITS, answerBytes: 1000 }, gzipSync(text))
const withSecret = (more: object) => JSON.stringify({ ...content, secrets: [{ ...content.secrets[0], ...more }] })

it('reads what was exported, and by an older version', async () => {
  const [secret] = content.secrets
  expect(await read(JSON.stringify(content))).toEqual({
    ...content,
    secrets: [{ ...secret, metadata: [], isLiteral: false }],
  })
})

it.each([
  [
    'an invisible character in a name',
    JSON.stringify({ ...content, tags: [{ slug: 't', name: 'a\u202eb', color: '' }] }),
  ],
  ['a control character', JSON.stringify({ ...content, environments: [{ name: 'a\u0007', slug: 'dev' }] })],
  ['a comment without end', withSecret({ comment: 'c'.repeat(4097) })],
  ['tags without end', withSecret({ tags: Array(51).fill('t') })],
  ['no project', JSON.stringify({ ...content, project: undefined })],
])('refuses %s', async (_, text) => {
  await expect(read(text)).rejects.toThrow(Invalid)
})

it('refuses more than a project may hold, more than can be imported, and what is nested deeper than anything in it', async () => {
  await expect(read(JSON.stringify({ ...content, tags: Array(1001).fill(content.tags[0]) }))).rejects.toThrow(
    'more than 1000 tags',
  )
  await expect(read(`{"a":"${' '.repeat(33 * 1024 * 1024)}"}`)).rejects.toThrow(TooLarge)
  await expect(read('['.repeat(1_000_000))).rejects.toThrow('nested too deeply')
  await expect(read('{"project":')).rejects.toThrow('not a file')
})
