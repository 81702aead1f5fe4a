/** What the walks over all procedures point their inputs at. For tests only. */
import { randomUUID } from 'node:crypto'
import { storeScopes } from '@keyferry/access'
import { createConnection } from '@keyferry/core'
import type { Emulator } from '@keyferry/core/emulators'
import type { TriggerDevEmulator } from '@keyferry/core/emulators/trigger-dev'
import type { TestContext } from '@keyferry/core/testing'
import { createSync } from '@keyferry/core/verbs'
import { SYSTEM } from '@keyferry/kernel'
import type { Scope } from '@keyferry/schemas'
import { createFolder, createImport, createProject, createSecret, createTag } from '@keyferry/vault'
import { machine } from './machine.ts'

export interface Principal {
  id: string
  kind: 'user' | 'identity' | 'key'
  role: string
  /** Null: the whole project. */
  scopes: readonly Scope[] | null
}

/** Names must differ; what differs from run to run would make the same seed mean something else. */
let seeded = 0

let branches = 0

/** A target of its own, for a walk that seeds often: a new sync is compared with every other of its target. */
export function newTarget(vendor: TriggerDevEmulator): Emulator['target'] {
  const branch = `branch-${++branches}`
  vendor.branch('preview', branch)
  return { ...vendor.target, environment: 'preview', branch }
}

/**
 * A project with everything that an input can name, in one place, and a sync to `target`; `people` are its members. By
 * the name of the field.
 */
export async function seedFixtures(
  test: TestContext,
  vendor: Emulator,
  people: readonly Principal[],
  { environment, path, target = vendor.target }: { environment: string; path: string; target?: Emulator['target'] },
): Promise<Map<string, unknown>> {
  const { ctx } = test
  const tag = `walk${++seeded}`
  const at = ctx.now().toISOString()
  const project = await createProject(ctx, SYSTEM, { name: tag, withDefaultEnvironments: true })
  const projectId = project.id
  const connection = await createConnection(ctx, SYSTEM, {
    destination: 'trigger-dev',
    name: tag,
    method: 'api-key',
    credentials: vendor.credentials,
    projectId,
  })
  const victim = await machine(test, tag)
  const victimMembership = randomUUID()
  const narrowed = await Promise.all(people.map(({ scopes }) => storeScopes(ctx.db, projectId, scopes)))
  const members = people.map(({ id, kind, role }, index) => ({
    id: randomUUID(),
    projectId,
    principalKind: kind,
    principalId: id,
    role,
    scopes: narrowed[index] ?? null,
    createdAt: at,
    updatedAt: at,
  }))
  const [like] = members
  if (!like) throw new Error('nobody to be a member')
  await ctx.db
    .insertInto('memberships')
    .values([...members, { ...like, id: victimMembership, principalId: victim.identityId }])
    .execute()
  const invitationId = randomUUID()
  await ctx.db
    .insertInto('invitations')
    .values({
      id: invitationId,
      email: `${tag}@example.com`,
      projectId,
      role: 'viewer',
      scopes: null,
      instanceAdmin: 0,
      tokenHash: invitationId,
      expiresAt: '2099-01-01T00:00:00.000Z',
      createdAt: at,
      createdBy: 'test',
    })
    .execute()

  const where = { projectId, environment }
  if (path !== '/') await createFolder(ctx, SYSTEM, { ...where, name: path.slice(1), path: '/' })
  const folder = await createFolder(ctx, SYSTEM, { ...where, name: 'sub', path })
  await createFolder(ctx, SYSTEM, { ...where, name: 'other', path })
  const secret = await createSecret(ctx, SYSTEM, {
    ...where,
    secretPath: path,
    key: 'KEY',
    value: 'value',
    comment: '',
  })
  const label = await createTag(ctx, SYSTEM, { projectId, slug: tag, color: '' })
  const below = path === '/' ? '/other' : `${path}/other`
  const imported = await createImport(ctx, SYSTEM, { ...where, path, import: { environment, path: below } })
  const sync = await createSync(ctx, SYSTEM, {
    destination: 'trigger-dev',
    name: `${tag}-${environment}`,
    projectId,
    connectionId: connection.id,
    environment,
    secretPath: path,
    autoSync: false,
    options: { keySchema: `${tag}_${environment}_{{secretKey}}` },
    target,
  })
  const runId = randomUUID()
  await ctx.db
    .insertInto('runs')
    .values({
      id: runId,
      syncId: sync.id,
      kind: 'sync',
      state: 'succeeded',
      trigger: 'manual',
      actor: 'x',
      revision: 1,
      calls: 0,
      startedAt: at,
    })
    .execute()
  return new Map<string, unknown>(
    Object.entries({
      projectId,
      slug: project.slug,
      projectSlug: project.slug,
      environment,
      sourceEnvironment: environment,
      destinationEnvironment: environment,
      sourceSecretPath: path,
      destinationSecretPath: path,
      destinationPath: path,
      environmentId: project.environments.find(({ slug }) => slug === environment)?.id,
      secretPath: path,
      path,
      folderId: folder.id,
      folderIdOrName: 'sub',
      importId: imported.id,
      tagId: label.id,
      tagSlug: label.slug,
      secretId: secret.id,
      key: 'KEY',
      secretName: 'KEY',
      secretKey: 'KEY',
      syncId: sync.id,
      syncName: sync.name,
      runId,
      planHash: 'none',
      app: 'trigger-dev',
      destination: 'trigger-dev',
      method: 'api-key',
      connectionId: connection.id,
      connectionName: connection.name,
      credentials: vendor.credentials,
      target,
      list: 'projects',
      known: {},
      memberId: victimMembership,
      membershipId: victimMembership,
      invitationId,
      identityId: victim.identityId,
      clientSecretId: victim.clientSecretId,
      apiKeyId: randomUUID(),
      userId: randomUUID(),
      accessToken: victim.token,
      email: 'someone@example.com',
    }),
  )
}
