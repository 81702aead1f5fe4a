import { afterEach, expect, test } from 'vitest'
import { sessionTo } from '../conformance/reconciler.ts'
import type { DestinationError } from '../destination-error.ts'
import type { Change } from '../destination.ts'
import { type GitlabEmulator, type GitlabEmulatorOptions, startEmulator } from './emulator/index.ts'
import gitlab from './index.ts'

let emulator: GitlabEmulator
afterEach(() => emulator.close())

/** The destination at an emulator's target, changed by `more`. */
async function started(settings: GitlabEmulatorOptions = {}, more: Record<string, unknown> = {}, raw = true) {
  emulator = await startEmulator(settings)
  const target = gitlab.target.parse({ ...emulator.target, ...more })
  const open = (accessToken = emulator.credentials.accessToken) =>
    gitlab.open(sessionTo(gitlab, { ...emulator.credentials, accessToken }), target, { raw })
  const write = (key: string, value: string, action: 'create' | 'update' = 'create'): Change => ({
    action,
    key,
    value,
    flags: gitlab.flags({ raw }, key, target),
    remoteIds: [],
  })
  const apply = async (changes: readonly Change[], client = open()) => {
    const [errors, replaced]: [DestinationError[], string[]] = [[], []]
    await client.apply(changes, {
      replacing: async ({ key }) => void replaced.push(key),
      done: async () => {},
      failed: async (_, error) => void errors.push(error),
    })
    return { errors, replaced }
  }
  return { open, write, apply, target }
}

const calls = (from = 0): string[] => emulator.log.slice(from).map(({ method }) => method)

test.each(['project', 'group'] as const)(
  'in a %s, the same key of other scopes is neither listed nor touched',
  async (scope) => {
    const { open, write, apply } = await started({ scope, environment: 'production' })
    const others = ['*', 'staging', 'production/*'].map((environmentScope) => {
      emulator.plant('A', 'theirs', { environmentScope })
      return { key: 'A', value: 'theirs', environmentScope }
    })
    expect(await open().list()).toEqual([])
    // Neither a change nor a delete may hit another scope when ours is gone.
    await apply([{ action: 'delete', key: 'A', remoteIds: [] }])
    await apply([write('A', 'ours', 'update')])
    expect(emulator.variables()).toMatchObject([...others, { value: 'ours', environmentScope: 'production' }])
    await apply([{ action: 'delete', key: 'A', remoteIds: [] }])
    expect(emulator.variables()).toMatchObject(others)
  },
)

test('values, flags, hidden ones and files are listed as they are', async () => {
  const { open } = await started()
  emulator.plant('FILE', 'f', { type: 'file' })
  emulator.plant('HIDDEN', 'maskable', { masked: true, hidden: true })
  expect(await open().list()).toEqual([
    {
      key: 'FILE',
      remoteIds: [],
      value: 'f',
      flags: { protected: false, masked: false, hidden: false, raw: false },
      otherType: 'a file variable',
    },
    { key: 'HIDDEN', remoteIds: [], flags: { protected: false, masked: true, hidden: true, raw: false } },
  ])
})

test('one write sets value, type and every flag, and leaves the description', async () => {
  const { write, apply } = await started({}, { shouldProtectSecrets: true, shouldMaskSecrets: true })
  emulator.plant('A', 'before', { type: 'file', description: 'theirs' })
  await apply([write('A', '$after$$$', 'update'), write('B', '$created$')])
  expect(calls()).toEqual(['PUT', 'POST'])
  expect(emulator.variables()).toMatchObject([
    { value: '$after$$$', type: 'env_var', protected: true, masked: true, raw: true, description: 'theirs' },
    { value: '$created$', protected: true, masked: true, raw: true, hidden: false },
  ])
})

test('references are expanded where that is wanted', async () => {
  const { write, apply } = await started({}, {}, false)
  await apply([write('A', '$HOME/x')])
  expect(emulator.variables()).toMatchObject([{ raw: false }])
})

test.each([true, false])(
  'to hide or to show again is a journaled delete and a create, listed before: %s',
  async (isListed) => {
    const { open, write, apply } = await started({}, { shouldHideSecrets: true })
    emulator.plant('A', 'was-visible')
    const client = open()
    if (isListed) await client.list()
    const before = emulator.log.length
    expect(await apply([write('A', 'now-hidden', 'update')], client)).toEqual({ errors: [], replaced: ['A'] })
    expect(calls(before)).toEqual([...(isListed ? [] : ['PUT']), 'DELETE', 'POST'])
    expect(emulator.variables()).toMatchObject([{ value: 'now-hidden', hidden: true, masked: true }])
    // In place while nothing about that changes.
    expect(await apply([write('A', 'next-hidden', 'update')])).toEqual({ errors: [], replaced: [] })

    const shown = gitlab.open(sessionTo(gitlab, emulator.credentials), gitlab.target.parse(emulator.target), {
      raw: true,
    })
    if (isListed) await shown.list()
    const visible = {
      ...write('A', 'shown', 'update'),
      flags: { protected: false, masked: false, hidden: false, raw: true },
    }
    expect(await apply([visible], shown)).toEqual({ errors: [], replaced: ['A'] })
    expect(emulator.variables()).toMatchObject([{ value: 'shown', hidden: false, masked: false }])
  },
)

test('a server that cannot hide keeps no variable that should be hidden, and loses none that is there', async () => {
  const { write, apply } = await started({ isOld: true }, { shouldHideSecrets: true })
  emulator.plant('B', 'theirs-1')
  const { errors } = await apply([write('A', 'maskable'), write('B', 'maskable', 'update')])
  expect(errors.map(({ kind, message }) => [kind, message.includes('17.4')])).toEqual([
    ['rejected', true],
    ['rejected', true],
  ])
  expect(emulator.variables().map(({ key }) => key)).toEqual(['B'])
})

test('a free plan, whose groups know no environments, keeps nothing for all of them', async () => {
  const { write, apply } = await started({ scope: 'group', environment: 'production', isFree: true })
  emulator.plant('B', 'theirs')
  await expect(apply([write('A', 'ours')])).rejects.toMatchObject({
    kind: 'missing',
    message: expect.stringContaining('enter * as the environment'),
  })
  expect(emulator.variables()).toMatchObject([{ key: 'B', value: 'theirs' }])
  expect((await apply([write('B', 'ours')])).errors).toMatchObject([{ kind: 'rejected' }])
  expect(emulator.variables()).toMatchObject([{ key: 'B', value: 'theirs' }])
})

test('a server that ignores the scope of a group keeps the variable that others have for all environments', async () => {
  const { write, apply } = await started({ scope: 'group', environment: 'production', isFree: true, isOld: true })
  emulator.plant('B', 'theirs')
  await expect(apply([write('B', 'ours')])).rejects.toMatchObject({ kind: 'missing' })
  expect(emulator.variables()).toMatchObject([{ key: 'B', value: 'theirs' }])
})

test('a listing behind a proxy that drops the paging headers is read whole', async () => {
  const { open } = await started({ dropsPagingHeaders: true })
  for (let n = 0; n < 150; n += 1) emulator.plant(`KEY_${n}`, 'v')
  expect(await open().list()).toHaveLength(150)
})

test('what cannot be masked is refused before any call, without the value', async () => {
  const { target } = await started({}, { shouldMaskSecrets: true })
  const refusal = (value: string, raw = true) => gitlab.limits.refuse('A', value, { target, options: { raw } })
  for (const value of ['seven77', 'white space', 'two\nlines', '']) expect(refusal(value)).toContain('at least 8')
  expect(refusal('d$llars!')).toBeNull()
  expect(refusal('d$llars!', false)).toContain('letters, digits')
  expect(refusal('plain+/=@:.~-', false)).toBeNull()
})

test('each way of lacking a right has its remedy', async () => {
  const { open, write, apply } = await started()
  const { accessTokens } = emulator
  const of = (token: string) => open(token).list()
  await expect(of(accessTokens.revoked)).rejects.toMatchObject({
    kind: 'auth',
    message: expect.stringContaining('revoked'),
  })
  await expect(of(accessTokens.stranger)).rejects.toMatchObject({
    kind: 'missing',
    message: expect.stringContaining('no project acme/app (404)'),
  })
  await expect(of(accessTokens.developer)).rejects.toThrow('only Maintainers')
  await expect(apply([write('A', 'a')], open(accessTokens.reader))).rejects.toThrow('lacks the scope api')
  const check = (accessToken: string) =>
    gitlab.connection.check(sessionTo(gitlab, { ...emulator.credentials, accessToken }))
  await expect(check(accessTokens.reader)).rejects.toThrow('lacks the scope api')
  expect(await check(accessTokens.project)).toEqual({ label: 'project_101_bot_a1 (until 2027-11-27)' })
})

test('a full project refuses the key that is too many', async () => {
  const { write, apply } = await started({ most: 1 })
  const { errors } = await apply([write('A', 'a'), write('B', 'b')])
  expect(errors).toMatchObject([{ kind: 'rejected', message: expect.stringContaining('may be full') }])
})

test('links to the settings where the name is a path', async () => {
  const { target } = await started()
  const credentials = {
    ...emulator.credentials,
    accessTokenType: 'personal',
    method: 'access-token',
    account: null,
  } as const
  const url = (more: object) => gitlab.targetUrl?.(gitlab.target.parse({ ...target, ...more }), credentials)
  expect(url({})).toBe(`${emulator.url}/acme/app/-/settings/ci_cd`)
  expect(url({ projectName: 'My project' })).toBe(`${emulator.url}/projects/101`)
  expect(url({ scope: 'group', groupId: '11', groupName: 'acme/sub' })).toBe(
    `${emulator.url}/groups/acme/sub/-/settings/ci_cd`,
  )
  expect(url({ scope: 'group', groupId: '11', groupName: 'A team' })).toBeNull()
})
