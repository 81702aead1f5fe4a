/** The variables of one project. A record has one value for a set of environments; a key may have several records. */
import { randomBytes } from 'node:crypto'
import { badRequest, Refused } from './answers.ts'
import type { Entry, Type } from './rules.ts'

export interface Variable {
  id: string
  key: string
  value: string
  type: Type
  /** A string in records of before 2021. */
  target: readonly string[] | string
  customEnvironmentIds: readonly string[]
  gitBranch: string | null
  comment?: string
  /** The integration that owns it. */
  configurationId: string | null
  createdAt: number
  updatedAt: number
}

export interface Variables {
  /** In the order they were created. */
  all(): Variable[]
  get(id: string): Variable | undefined
  /** Adds without any check, as someone else would have earlier. */
  add(variable: Pick<Variable, 'key' | 'value'> & Partial<Variable>): Variable
  /**
   * Creates a variable, or sets the one with exactly the same environments if `upsert`. Throws when another record of
   * the key has one of the environments.
   */
  write(entry: Entry, options: { upsert: boolean; keepsId: boolean }): { variable: Variable; isNew: boolean }
  edit(id: string, changes: Partial<Entry>): Variable | undefined
  delete(id: string): Variable | undefined
  clear(): void
}

/** Variables that one environment of a project may have (vercel.com/docs, 2026-11-28). */
const MAX_PER_ENVIRONMENT = 1_000

export function variables(): Variables {
  const kept = new Map<string, Variable>()
  let latest = 0
  /** No two records of one time: a page ends at a time. */
  const now = (): number => (latest = Math.max(Date.now(), latest + 1))

  const add: Variables['add'] = (given) => {
    const at = now()
    const variable: Variable = {
      id: randomBytes(12).toString('base64url'),
      type: 'encrypted',
      target: ['production'],
      customEnvironmentIds: [],
      gitBranch: null,
      configurationId: null,
      createdAt: at,
      updatedAt: at,
      ...given,
    }
    kept.set(variable.id, variable)
    return variable
  }

  const othersOf = ({ key, gitBranch }: Pick<Entry, 'key' | 'gitBranch'>, id?: string): Variable[] =>
    [...kept.values()].filter((one) => one.key === key && one.gitBranch === gitBranch && one.id !== id)

  const refuseOverlap = (
    entry: Pick<Variable, 'key' | 'target' | 'customEnvironmentIds' | 'gitBranch'>,
    id?: string,
  ) => {
    const own = environmentsOf(entry)
    const other = othersOf(entry, id).find((one) =>
      environmentsOf(one).some((environment) => own.includes(environment)),
    )
    if (other === undefined) return
    const isSame = sameSet(environmentsOf(other), own)
    const { key } = entry
    const details = { key, envVarKey: key, envVarId: other.id, target: other.target, gitBranch: other.gitBranch }
    throw isSame
      ? new Refused(403, 'ENV_ALREADY_EXISTS', `A variable with the name "${key}" already exists.`, details)
      : new Refused(400, 'ENV_CONFLICT', `Another variable "${key}" has one of these environments.`, details)
  }

  return {
    all: () => [...kept.values()],
    get: (id) => kept.get(id),
    add,
    write(entry, { upsert, keepsId }) {
      const own = environmentsOf(entry)
      const same = othersOf(entry).find((one) => sameSet(environmentsOf(one), own))
      if (upsert && same !== undefined) {
        refuseTypeChange(same, entry.type)
        refuseOverlap(entry, same.id)
        const id = keepsId ? same.id : randomBytes(12).toString('base64url')
        const variable = { ...same, ...entry, id, updatedAt: now() }
        if (!keepsId) kept.delete(same.id)
        kept.set(id, variable)
        return { variable, isNew: false }
      }
      refuseOverlap(entry)
      for (const environment of own) {
        const count = [...kept.values()].filter((one) => environmentsOf(one).includes(environment)).length
        if (count >= MAX_PER_ENVIRONMENT) {
          const message = `The limit of ${MAX_PER_ENVIRONMENT} variables of an environment is reached.`
          throw new Refused(400, 'MAX_ENVS_EXCEEDED', message, { envVarKey: entry.key })
        }
      }
      return { variable: add(entry), isNew: true }
    },
    edit(id, changes) {
      const variable = kept.get(id)
      if (variable === undefined) return undefined
      if (variable.type === 'sensitive' && changes.key !== undefined)
        throw badRequest('The name of a Sensitive Environment Variable cannot be changed.', { envVarId: id })
      refuseTypeChange(variable, changes.type ?? variable.type)
      const edited = { ...variable, ...changes, updatedAt: now() }
      if (environmentsOf(edited).length === 0)
        throw new Refused(400, 'MISSING_TARGET', 'At least one environment is needed.', { envVarId: id })
      refuseOverlap(edited, id)
      kept.set(id, edited)
      return edited
    },
    delete(id) {
      const variable = kept.get(id)
      kept.delete(id)
      return variable
    },
    clear: () => kept.clear(),
  }
}

/** Targets and custom environments alike. */
export const environmentsOf = ({
  target,
  customEnvironmentIds,
}: Pick<Variable, 'target' | 'customEnvironmentIds'>): string[] => [
  ...(typeof target === 'string' ? [target] : target),
  ...customEnvironmentIds,
]

const sameSet = (some: readonly string[], others: readonly string[]): boolean =>
  [...some].sort().join() === [...others].sort().join()

function refuseTypeChange(variable: Variable, type: Type): void {
  if ((variable.type === 'sensitive') === (type === 'sensitive')) return
  const message = 'You cannot change the type of a Sensitive Environment Variable.'
  throw badRequest(message, { envVarId: variable.id, envVarKey: variable.key })
}
