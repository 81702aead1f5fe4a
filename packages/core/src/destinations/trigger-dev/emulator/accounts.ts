import type { Place, Project } from './model.ts'

/** Who a token is. */
export type Holder =
  | { kind: 'user' }
  | { kind: 'organization' }
  | { kind: 'environment'; project: Project; place: Place; scopes: readonly string[] }

/** The credentials of the emulated account, by what they may do. */
export interface Keys {
  /** Personal access token: everything. */
  personal: string
  /** Organization access token: variables, no listings. */
  organization: string
  /** Root key of the first project's production. */
  prod: string
  preview: string
  dev: string
  /** Additional keys of production with one right each. */
  prodReadOnly: string
  prodWriteOnly: string
}

export interface Accounts {
  keys: Keys
  /**
   * Null for a token nobody has. `bearer` is false when the header lacks the word, which only environment keys survive.
   */
  holderOf(header: string): Holder | null
}

const forty = (letter: string): string => letter.repeat(40)
const twentyFour = (letter: string): string => letter.repeat(24)

export function createAccounts(projects: readonly Project[]): Accounts {
  const holders = new Map<string, Holder>()
  const personal = `tr_pat_${forty('a')}`
  const organization = `tr_oat_${forty('b')}`
  holders.set(personal, { kind: 'user' })
  holders.set(organization, { kind: 'organization' })
  const scoped = (place: Place, project: Project, key: string, scopes: readonly string[]): string => {
    holders.set(key, { kind: 'environment', project, place, scopes })
    return key
  }
  for (const project of projects) {
    for (const place of project.places.values()) scoped(place, project, place.apiKey, ['admin'])
  }
  const [first] = projects
  const prod = first?.places.get('prod')
  if (first === undefined || prod === undefined) throw new Error('The first project needs a production environment')
  return {
    keys: {
      personal,
      organization,
      prod: prod.apiKey,
      preview: first.places.get('preview')?.apiKey ?? '',
      dev: first.places.get('dev')?.apiKey ?? '',
      prodReadOnly: scoped(prod, first, `tr_prod_sk_${twentyFour('R')}`, ['read:envvars']),
      prodWriteOnly: scoped(prod, first, `tr_prod_sk_${twentyFour('W')}`, ['write:envvars']),
    },
    holderOf: (header) => {
      const bearer = /^Bearer (.+)$/.exec(header)?.[1]
      const holder = holders.get(bearer ?? header) ?? null
      return bearer === undefined && holder?.kind !== 'environment' ? null : holder
    },
  }
}

/** `admin`, or `action:envvars` with either side as a wildcard. */
export const may = (scopes: readonly string[], action: 'read' | 'write'): boolean =>
  scopes.some(
    (scope) => scope === 'admin' || scope === `${action}:envvars` || scope === '*:envvars' || scope === `${action}:all`,
  )
