/**
 * Vercel's unit is a record: one value of a key for a set of environments. Ours is a key at one environment, so a
 * record of other environments as well is left to them and never changed as a whole.
 */
import type { Observed } from '../destination.ts'
import type { Environments, Variable } from './api.ts'

/** The environment that a sync writes, and of preview maybe one branch. */
export interface Place {
  /** `production`, `preview`, `development`, or the id of a custom environment. */
  environment: string
  branch: string | null
}

const FIXED = ['production', 'preview', 'development']

/** The environments of a record that only this place has. */
export const ownEnvironments = ({ environment }: Place): Environments =>
  FIXED.includes(environment)
    ? { target: [environment], customEnvironmentIds: [] }
    : { target: [], customEnvironmentIds: [environment] }

/** The records of a place by key: one each, unless Vercel broke its own rule. */
export function recordsAt(place: Place, variables: readonly Variable[]): Map<string, Variable[]> {
  const found = new Map<string, Variable[]>()
  for (const variable of variables) {
    const { target, customEnvironmentIds } = variable
    const isAt = [...target, ...customEnvironmentIds].includes(place.environment) && variable.gitBranch === place.branch
    if (isAt) found.set(variable.key, [...(found.get(variable.key) ?? []), variable])
  }
  return found
}

/** The environments that a record keeps when it leaves this place. */
export const otherEnvironments = (variable: Environments, { environment }: Place): Environments => ({
  target: variable.target.filter((one) => one !== environment),
  customEnvironmentIds: variable.customEnvironmentIds.filter((one) => one !== environment),
})

/** Whether a record has other environments. */
export const isShared = (variable: Environments, place: Place): boolean => {
  const { target, customEnvironmentIds } = otherEnvironments(variable, place)
  return target.length + customEnvironmentIds.length > 0
}

/** Whether a write may set the record's value in place: Vercel changes no type from or to sensitive. */
export const keepsType = ({ type }: Variable, isSensitive: boolean): boolean =>
  isSensitive ? type === 'sensitive' : type === 'encrypted' || type === 'plain'

/** The type to write. Plain and encrypted ones are equally readable, so that a plain one stays what it is. */
export function typeFor(records: readonly Variable[], isSensitive: boolean): 'encrypted' | 'plain' | 'sensitive' {
  if (isSensitive) return 'sensitive'
  return records.some(({ type }) => type === 'plain') ? 'plain' : 'encrypted'
}

/** The value, where the listing shows it in clear. */
export const shownValue = ({ type, value, decrypted }: Variable): string | undefined =>
  type === 'plain' || (type === 'encrypted' && decrypted) ? value : undefined

/** The records of one key, as a run sees them. */
export function observedFrom(key: string, records: readonly Variable[]): Observed {
  const values = new Set(records.map(shownValue))
  const [value] = values
  const otherType = records.map(({ type }) => OTHER_TYPES.get(type)).find((words) => words !== undefined)
  return {
    key,
    remoteIds: [],
    flags: { sensitive: records.every(({ type }) => type === 'sensitive') },
    ...(values.size === 1 && value !== undefined
      ? { value }
      : { revision: String(Math.max(...records.map(({ updatedAt }) => updatedAt))) }),
    ...(records.some(({ configurationId }) => configurationId !== null)
      ? { notManaged: 'a variable of an integration' }
      : {}),
    ...(otherType === undefined ? {} : { otherType }),
  }
}

const OTHER_TYPES = new Map([
  ['system', 'a system variable'],
  ['secret', 'a legacy secret'],
])
