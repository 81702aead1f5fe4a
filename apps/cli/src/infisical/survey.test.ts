import { expect, it } from 'vitest'
import type { SourceFolder, SourceSecret } from './source.ts'
import { survey } from './survey.ts'

const secret = (key: string, more: Partial<SourceSecret> = {}): SourceSecret => ({
  key,
  value: 'x',
  comment: '',
  personal: false,
  hidden: false,
  tags: [],
  metadata: [],
  skipMultilineEncoding: false,
  extras: [],
  ...more,
})
const tag = (slug: string) => ({ slug, name: slug, color: '' })
const note = (length: number) => ({ key: 'k'.repeat(length), value: 'v', isEncrypted: false })
const surveyed = (folders: readonly SourceFolder[], slug = 'dev') =>
  survey({ id: '1', name: 'Shop', slug: 'shop', description: null, environments: [{ slug, name: slug, folders }] })

it('names every secret that stays behind, with the reason, and takes the others', () => {
  const secrets = [
    secret('FINE'),
    secret('a:b'),
    secret('LARGE', { value: 'x'.repeat(65_537) }),
    secret('MINE', { personal: true }),
    secret('HIDDEN', { hidden: true }),
    secret('MASKED', { value: '<hidden-by-infisical>' }),
    secret('HALF', { value: '\uD800' }),
  ]
  const { folders, left } = surveyed([{ path: '/', description: null, secrets, imports: [] }])
  expect(folders.flatMap(({ secrets }) => secrets.map(({ key }) => key))).toEqual(['FINE'])
  expect(left.map(({ key, reason }) => `${key}: ${reason}`)).toEqual([
    'a:b: Secret key must not contain a colon, a slash or a control character',
    'LARGE: Secret value must be at most 65536 bytes',
    'MINE: a personal override; only shared values are moved',
    'HIDDEN: the token can’t read its value',
    'MASKED: the token can’t read its value',
    'HALF: its value is not valid Unicode text',
  ])
})

it('says of what comes along that it needs a hand', () => {
  const secrets = [
    secret('OTHER', { value: 'a${@shop.dev.KEY}' }),
    secret('REMINDED', { extras: ['a reminder'] }),
    secret('TAGGED', { tags: [tag('fine'), tag('Not_Here')], metadata: [note(255)] }),
    secret('NOTED', { metadata: [note(256)] }),
    secret('TEXT', { value: '@ ${X:-@}' }),
  ]
  const { folders, notes } = surveyed([{ path: '/', description: null, secrets, imports: [] }])
  expect(folders[0]?.secrets).toHaveLength(5)
  expect(notes.map(({ key, reason }) => `${key}: ${reason}`)).toEqual([
    expect.stringMatching(/^OTHER: references another project/),
    'REMINDED: moved without a reminder',
    'TAGGED: moved without the tag Not_Here, which cannot have that slug here',
    'NOTED: moved without metadata, which are too many or too long',
  ])
  const [, , tagged, noted] = folders[0]?.secrets ?? []
  expect(tagged).toMatchObject({ tags: [tag('fine')], metadata: [note(255)] })
  expect(noted).toMatchObject({ metadata: [] })
})

it('leaves folders, environments and imports behind that cannot be here', () => {
  const good = {
    path: '/a',
    description: null,
    secrets: [],
    imports: [
      { environment: 'dev', path: '/b c' },
      { environment: 'gone', path: '/' },
      { environment: 'dev', path: '/a/b/' },
    ],
  }
  const { folders, left } = surveyed([
    good,
    { path: '/b c', description: null, secrets: [], imports: [] },
    { path: '/a/b', description: null, secrets: [], imports: [] },
  ])
  expect(folders.map(({ path }) => path)).toEqual(['/a', '/a/b'])
  expect(folders[0]?.imports).toEqual([{ environment: 'dev', path: '/a/b' }])
  expect(left.map(({ path }) => path)).toEqual(['/a', '/a', '/b c'])
  expect(surveyed([], 'Dev_1').left).toEqual([expect.objectContaining({ environment: 'Dev_1', key: null })])
})
