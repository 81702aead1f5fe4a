/** The vendor's own client, unmodified, must not notice that it talks to the emulator. */
import { ApiClient } from '@trigger.dev/core/v3'
import {
  ApiBranchListResponseBody,
  GetOrgsResponseBody,
  GetProjectEnvironmentsResponseBody,
  GetProjectEnvResponse,
  GetProjectResponseBody,
  GetProjectsResponseBody,
  UpsertBranchResponseBody,
  WhoAmIResponseSchema,
} from '@trigger.dev/core/v3/schemas'
import { configure, envvars } from '@trigger.dev/sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmulator, type TriggerDevEmulator } from './index.ts'

let emulator: TriggerDevEmulator
let ref: string
beforeEach(async () => {
  emulator = await startEmulator()
  ref = emulator.projects[0]
  configure({ baseURL: emulator.url, accessToken: emulator.keys.personal })
})
afterEach(() => emulator.close())

test('upload, list, retrieve, create, update and delete', async () => {
  await envvars.upload(ref, 'prod', { variables: { A: 'a1', B: 'b\nü' }, override: true })
  await envvars.upload(ref, 'staging', { variables: { S: 's1' }, override: true })
  expect(await envvars.list(ref, 'prod')).toEqual([
    { name: 'A', value: 'a1', isSecret: false },
    { name: 'B', value: 'b\nü', isSecret: false },
  ])
  expect(emulator.variables('stg').get('S')).toEqual({ value: 's1', isSecret: false })

  expect(await envvars.create(ref, 'prod', { name: 'C', value: 'c1' })).toEqual({ success: true })
  expect(await envvars.retrieve(ref, 'prod', 'C')).toMatchObject({ value: 'c1' })
  // `envvars.update` of the SDK throws before it sends anything (trigger.dev issue 4264); its own client below it
  // works.
  const client = new ApiClient(emulator.url, emulator.keys.personal)
  expect(await client.updateEnvVar(ref, 'prod', 'C', { value: 'c2' })).toEqual({ success: true })
  expect(emulator.contents().get('C')).toBe('c2')

  await envvars.del(ref, 'prod', 'C')
  expect([...emulator.contents().keys()]).toEqual(['A', 'B'])
  await expect(envvars.del(ref, 'prod', 'C')).rejects.toMatchObject({ status: 404 })
  await expect(envvars.del(ref, 'prod', 'S')).rejects.toMatchObject({ status: 400 })
})

test('a secret reads back redacted, and its flag stays until a call says otherwise', async () => {
  await envvars.upload(ref, 'prod', { variables: { S: 'hidden' }, override: true, isSecret: true })
  await envvars.upload(ref, 'prod', { variables: { S: 'hidden too' }, override: true })
  expect(await envvars.list(ref, 'prod')).toEqual([{ name: 'S', value: '<redacted>', isSecret: true }])
  await envvars.upload(ref, 'prod', { variables: { S: 'hidden too' }, override: true, isSecret: false })
  expect(await envvars.list(ref, 'prod')).toEqual([{ name: 'S', value: 'hidden too', isSecret: false }])
})

test('conflicts without override write nothing', async () => {
  await envvars.upload(ref, 'prod', { variables: { A: 'a' }, override: true })
  await expect(envvars.upload(ref, 'prod', { variables: { A: 'x', B: 'b' } })).rejects.toMatchObject({
    status: 400,
    body: { variableErrors: [{ key: 'A', error: 'Variable already set in Production.' }] },
  })
  expect(emulator.contents()).toEqual(new Map([['A', 'a']]))
})

test('a wrong token and a wrong project are the errors the SDK knows', async () => {
  await expect(envvars.list('proj_nobody', 'prod')).rejects.toMatchObject({ status: 404 })
  configure({ baseURL: emulator.url, accessToken: 'tr_pat_wrong' })
  await expect(envvars.list(ref, 'prod')).rejects.toMatchObject({ status: 401, error: 'Invalid API key' })
})

// The vendor's command line makes these calls, and no library of its does: its schemas check the answers.
test('account, projects, environments and branches answer as the command line reads them', async () => {
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const answer = await fetch(`${emulator.url}/api/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${emulator.keys.personal}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return answer.json()
  }
  expect(WhoAmIResponseSchema.parse(await ask(`v2/whoami?projectRef=${ref}`)).project?.url).toContain(ref)
  const [first] = GetProjectsResponseBody.parse(await ask('v1/projects'))
  expect(first?.externalRef).toBe(ref)
  expect(GetProjectResponseBody.parse(await ask(`v1/projects/${ref}`))).toMatchObject({ defaultRuntime: 'node' })
  expect(GetOrgsResponseBody.parse(await ask('v1/orgs'))).toMatchObject([{ id: first?.organization.id }])
  const ofOrganization = await ask(`v1/orgs/${first?.organization.slug}/projects`)
  expect(GetProjectsResponseBody.parse(ofOrganization)[0]?.externalRef).toBe(ref)
  const environments = GetProjectEnvironmentsResponseBody.parse(await ask(`v1/projects/${ref}/environments`))
  expect(environments.map(({ slug }) => slug)).toEqual(['dev', 'stg', 'preview', 'prod'])
  const { apiKey } = GetProjectEnvResponse.parse(await ask(`v1/projects/${ref}/prod`))
  expect(apiKey).toBe(emulator.keys.prod)
  const branch = { env: 'preview', branch: 'feature/new' }
  const { id } = UpsertBranchResponseBody.parse(await ask(`v1/projects/${ref}/branches`, branch))
  const { branches } = ApiBranchListResponseBody.parse(await ask(`v1/projects/${ref}/branches`))
  expect(branches).toContainEqual(expect.objectContaining({ id, name: 'feature/new' }))

  await envvars.upload(ref, 'preview', { variables: { A: 'of all branches' }, override: true })
  const client = new ApiClient(emulator.url, emulator.keys.personal, 'feature/new')
  await client.importEnvVars(ref, 'preview', { variables: { B: 'of this branch' }, override: true })
  expect(await client.listEnvVars(ref, 'preview')).toMatchObject([{ name: 'A' }, { name: 'B' }])
  expect(await envvars.list(ref, 'preview')).toMatchObject([{ name: 'A' }])
  const unknown = new ApiClient(emulator.url, emulator.keys.personal, 'nowhere')
  await expect(unknown.listEnvVars(ref, 'preview')).rejects.toMatchObject({ status: 404 })
})

test('the SDK waits out a refusal by our reset header', async () => {
  emulator.setRateLimit({ burst: 1, refill: 1, intervalMs: 300 })
  await envvars.list(ref, 'prod')
  expect(await envvars.list(ref, 'prod')).toEqual([])
  expect(emulator.log.map((entry) => entry.status)).toEqual([200, 429, 200])
})
