/**
 * GitLab as a real HTTP server on loopback: CI/CD variables of projects and groups, with scopes, masking and hiding
 * (gitlabhq's source up to 18.x and docs.gitlab.com, 2026-11-28).
 */
import type { VendorCapability } from '../../conformance/capabilities.ts'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { startEmulatorServer } from '../../shared/emulators/emulator-server.ts'
import { createAccounts } from './accounts.ts'
import { createRateLimit } from './rate-limit.ts'
import { serve, type State } from './routes.ts'
import { newVariable, type Resource, type Variable } from './variables.ts'

export interface GitlabEmulatorOptions extends EmulatorOptions {
  /** Whether `target` is a project (default) or a group. */
  scope?: 'project' | 'group'
  /** The environment scope of `target`. Default `*`. */
  environment?: string
  /** A server before 16.9, which has no hidden variables, and ignores the filter for groups. */
  isOld?: boolean
  /** A free plan, where variables of groups have no scope. */
  isFree?: boolean
  /** A proxy in front lets no headers of pages through. */
  dropsPagingHeaders?: boolean
  /** The most variables of a project or group. Default 8,000. */
  most?: number
}

export interface GitlabEmulator extends Emulator {
  credentials: { accessToken: string; accessTokenType: string; instanceUrl: string }
  accessTokens: {
    /** May read, with the scope `read_api`. */
    reader: string
    /** Of a Developer, whose role has no right to variables. */
    developer: string
    /** Sees neither the project nor the group. */
    stranger: string
    revoked: string
    /** Of the project itself, whose user is a bot. */
    project: string
    oauth: string
  }
  target: Record<string, string>
  /** Variables of the target's project or group, of every scope. */
  variables(): readonly Variable[]
  /** Puts any variable there. */
  plant(key: string, value: string, more?: Partial<Variable>): void
}

export const lacks: readonly VendorCapability[] = ['issued tokens', 'values on request']

export async function startEmulator(options: GitlabEmulatorOptions = {}): Promise<GitlabEmulator> {
  const { scope = 'project', environment = '*' } = options
  const accounts = createAccounts()
  const resources: Resource[] = [
    { kind: 'group', id: 11, path: 'acme', variables: [], environments: [] },
    { kind: 'group', id: 12, path: 'stranger', variables: [], environments: [] },
    { kind: 'project', id: 101, path: 'acme/app', variables: [], environments: ['production', 'review/1'] },
    { kind: 'project', id: 102, path: 'acme/web', variables: [], environments: [] },
    { kind: 'project', id: 201, path: 'stranger/site', variables: [], environments: [] },
  ]
  const own = resources.find(({ kind }) => kind === scope)
  const project = resources.find(({ kind }) => kind === 'project')
  if (!own || !project) throw new Error(`The emulator has no ${scope}`)
  const state: State = {
    accounts,
    resources,
    edition: { isOld: options.isOld ?? false, isFree: options.isFree ?? false, most: options.most ?? 8_000 },
    limit: createRateLimit(options.rateLimit),
    dropsPagingHeaders: options.dropsPagingHeaders ?? false,
  }
  const server = await startEmulatorServer({
    port: options.port,
    latencyMs: options.latencyMs,
    handle: (request) => serve(state, request),
  })
  const isOurs = (variable: Variable): boolean => variable.environmentScope === environment
  const remove = (key: string): void => {
    const at = own.variables.findIndex((one) => one.key === key && isOurs(one))
    if (at >= 0) own.variables.splice(at, 1)
  }

  return {
    ...server,
    credentials: { accessToken: accounts.add({}), accessTokenType: 'personal', instanceUrl: server.url },
    accessTokens: {
      reader: accounts.add({ scopes: ['read_api'] }),
      developer: accounts.add({ accessLevel: 30 }),
      stranger: accounts.add({ sees: [] }),
      revoked: accounts.add({ isRevoked: true }),
      project: accounts.add({
        kind: 'project',
        username: `project_${project.id}_bot_a1`,
        sees: [project.path],
        accessLevel: 40,
      }),
      oauth: accounts.add({ kind: 'oauth' }),
    },
    target: {
      scope,
      ...(scope === 'project'
        ? { projectId: String(own.id), projectName: own.path }
        : { groupId: String(own.id), groupName: own.path }),
      targetEnvironment: environment,
    },
    missingTarget: { scope: 'project', projectId: '999', targetEnvironment: environment },
    variables: () => own.variables,
    plant: (key, value, more) => void own.variables.push(newVariable(key, value, more)),
    contents: () => new Map(own.variables.filter(isOurs).map(({ key, value }) => [key, value])),
    put(key, value) {
      const there = own.variables.find((one) => one.key === key && isOurs(one))
      if (there) there.value = value
      else own.variables.push(newVariable(key, value, { environmentScope: environment }))
    },
    remove,
    clear() {
      for (const { variables } of resources) variables.length = 0
      server.resetInFlight()
    },
    setRateLimit(limit) {
      state.limit = createRateLimit(limit)
    },
  }
}

const variant = (more: GitlabEmulatorOptions) => (options?: GitlabEmulatorOptions) =>
  startEmulator({ ...options, ...more })

export const variants = new Map([
  ['keeps variables of a group for one environment', variant({ scope: 'group', environment: 'review/*' })],
  ['is older than hidden variables', variant({ isOld: true })],
])
