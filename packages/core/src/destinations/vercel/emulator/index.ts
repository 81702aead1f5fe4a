/**
 * Vercel's API as far as environment variables go, as a real HTTP server on loopback (`@vercel/sdk` 1.28.35, Vercel's
 * CLI and Terraform provider, vercel.com/docs, 2026-11-28). What no document settles is a switch of `Behaviour`.
 */
import type { VendorCapability } from '../../conformance/capabilities.ts'
import type { Emulator, EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { startEmulatorServer, type ServedAnswer, type ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { Refused } from './answers.ts'
import { accountOf, directory, holderOf, seededProjects, TEAM, TOKENS } from './directory.ts'
import { projectIn, projectRoute, type Behaviour } from './project-routes.ts'
import { rateLimits } from './rate-limits.ts'
import { environmentsOf, type Variable, type Variables } from './variables.ts'

export interface VercelEmulatorOptions extends EmulatorOptions {
  behaviour?: Partial<Behaviour>
  /** Whether the team demands sensitive variables for production and preview. Default `default`: it doesn't. */
  sensitivePolicy?: 'on' | 'off' | 'default'
}

export interface VercelEmulator extends Emulator {
  tokens: typeof TOKENS
  /** Puts any record into the project of `target`, beside others of its key. Answers its id. */
  plant(variable: Pick<Variable, 'key' | 'value'> & Partial<Variable>): string
  /** Changes a record behind the product's back. */
  edit(id: string, changes: Parameters<Variables['edit']>[1]): void
  /** Every record of that project, in clear. */
  variables(): Variable[]
}

const BEHAVIOUR: Behaviour = {
  decryptsLists: true,
  refusesBatches: false,
  upsertKeepsId: true,
  reportsUpdated: true,
  largestBatch: Number.POSITIVE_INFINITY,
  underscoreFirst: true,
  policyPromotes: true,
}

/** The environment of `target`. */
const ENVIRONMENT = 'production'

export const lacks: readonly VendorCapability[] = ['issued tokens']

export async function startEmulator(options: VercelEmulatorOptions = {}): Promise<VercelEmulator> {
  const projects = seededProjects()
  const [{ id: projectId, name, variables }] = projects
  const policy = options.sensitivePolicy ?? 'default'
  const behaviour = { ...BEHAVIOUR, ...options.behaviour }
  const { projectOf, answer } = directory(projects, () => policy)
  const limits = rateLimits(options.rateLimit)

  const handle = (request: ServedRequest): ServedAnswer => {
    const holder = holderOf(request)
    const { headers, refusal } = limits.take(request.method)
    if (refusal) return refusal
    const idOrName = projectIn(request.path)
    if (idOrName === null) return { ...answer(request.path, request, holder), headers }
    const project = projectOf(idOrName, accountOf(request.query, holder))
    return { ...projectRoute(project, request, holder, policy, behaviour), headers }
  }

  const server = await startEmulatorServer({
    port: options.port,
    latencyMs: options.latencyMs,
    handle(request) {
      try {
        return handle(request)
      } catch (error) {
        if (error instanceof Refused) return error.answer
        throw error
      }
    },
  })

  const atTarget = (): Variable[] =>
    variables.all().filter((one) => one.gitBranch === null && environmentsOf(one).includes(ENVIRONMENT))
  const remove = (key: string): void => {
    for (const one of atTarget()) if (one.key === key) variables.delete(one.id)
  }

  return {
    ...server,
    credentials: { apiToken: TOKENS.member, instanceUrl: server.url },
    target: { scope: 'project', teamId: TEAM, app: projectId, appName: name, env: ENVIRONMENT },
    missingTarget: { scope: 'project', teamId: TEAM, app: 'prj_nothing', env: ENVIRONMENT },
    tokens: TOKENS,
    contents: () => new Map(atTarget().map(({ key, value }) => [key, value])),
    put(key, value) {
      remove(key)
      variables.add({ key, value })
    },
    remove,
    clear() {
      variables.clear()
      server.resetInFlight()
    },
    plant: (variable) => variables.add(variable).id,
    edit: (id, changes) => void variables.edit(id, changes),
    variables: () => variables.all(),
    setRateLimit: limits.set,
  }
}

/** What Vercel does in these cases is not documented: a client has to be right either way. */
export const variants = new Map([
  [
    'shows values one by one, refuses whole batches, and gives a set variable an unreported new id',
    (options?: VercelEmulatorOptions) => startEmulator({ ...options, behaviour: UNFRIENDLY }),
  ],
])

const UNFRIENDLY: Partial<Behaviour> = {
  decryptsLists: false,
  refusesBatches: true,
  upsertKeepsId: false,
  reportsUpdated: false,
}
