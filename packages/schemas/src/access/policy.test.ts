import { describe, expect, it } from 'vitest'
import {
  ACTIONS,
  allows,
  covers,
  EVERYTHING,
  isMember,
  rolesWith,
  type Access,
  type Action,
  type Grant,
  type Resource,
} from './policy.ts'

const projectId = 'p'
const only = (grant: Grant, cappedBy?: Access): Access => ({
  instanceAdmin: false,
  grants: new Map([[projectId, grant]]),
  ...(cappedBy ? { cappedBy } : {}),
})
const inside: Grant['scopes'] = [{ environment: 'dev', secretPath: '/api/**' }]
const nobody: Access = { instanceAdmin: false, grants: new Map() }
const who = {
  nobody,
  viewer: only({ role: 'viewer', scopes: null }),
  developer: only({ role: 'developer', scopes: null }),
  admin: only({ role: 'admin', scopes: null }),
  narrowViewer: only({ role: 'viewer', scopes: inside }),
  narrow: only({ role: 'developer', scopes: inside }),
  narrowAdmin: only({ role: 'admin', scopes: inside }),
  /** Lent admin by a developer. */
  key: only({ role: 'admin', scopes: null }, only({ role: 'developer', scopes: null })),
  orphan: only({ role: 'admin', scopes: null }, nobody),
  everything: EVERYTHING,
} satisfies Record<string, Access>
type Who = keyof typeof who

const folder = (environment: string, path: string, below?: boolean): Resource => ({
  kind: 'folder',
  projectId,
  environment,
  path,
  ...(below ? { below } : {}),
})
const project: Resource = { kind: 'project', projectId }
const here = folder('dev', '/api')
const everywhere: Who[] = ['developer', 'admin', 'key', 'everything']

/** The exact permissions. */
const TABLE: [Action, Resource, Who[]][] = [
  ['instance.use', { kind: 'instance' }, Object.keys(who) as Who[]],
  ['instance.manage', { kind: 'instance' }, ['everything']],
  ['project.read', project, ['viewer', 'narrowViewer', 'narrow', 'narrowAdmin', ...everywhere]],
  ['project.manage', project, ['admin', 'everything']],
  ['members.manage', project, ['admin', 'everything']],
  ['connections.read', project, ['admin', 'everything']],
  ['connections.manage', project, ['admin', 'everything']],
  ['connections.read', { kind: 'organization' }, ['admin', 'everything']],
  ['connections.manage', { kind: 'organization' }, ['everything']],
  ['secrets.read-names', here, ['viewer', 'narrowViewer', 'narrow', 'narrowAdmin', ...everywhere]],
  ['secrets.read-values', here, ['narrow', 'narrowAdmin', ...everywhere]],
  ['secrets.write', here, ['narrow', 'narrowAdmin', ...everywhere]],
  ['syncs.read', here, ['viewer', 'narrowViewer', 'narrow', 'narrowAdmin', ...everywhere]],
  ['syncs.run', here, ['narrow', 'narrowAdmin', ...everywhere]],
  ['syncs.manage', here, ['narrowAdmin', 'admin', 'everything']],
  ['secrets.read-values', folder('dev', '/api/deep/er'), ['narrow', 'narrowAdmin', ...everywhere]],
  ['secrets.read-values', folder('prod', '/api'), everywhere],
  ['secrets.read-values', folder('dev', '/'), everywhere],
  ['secrets.read-values', folder('dev', '/apis'), everywhere],
  ['secrets.write', folder('dev', '/api/x', true), ['narrow', 'narrowAdmin', ...everywhere]],
  ['secrets.write', folder('dev', '/', true), everywhere],
  // The way to a place may be walked, and nothing beside it.
  ['folders.read', folder('dev', '/'), ['viewer', 'narrowViewer', 'narrow', 'narrowAdmin', ...everywhere]],
  ['folders.read', folder('dev', '/other'), ['viewer', ...everywhere]],
  ['folders.read', folder('prod', '/'), ['viewer', ...everywhere]],
  ['secrets.read-values', project, everywhere],
]

describe('the policy', () => {
  it.each(TABLE)('%s at %o', (action, place, allowed) => {
    const may = (Object.keys(who) as Who[]).filter((name) => allows(who[name], action, place))
    expect(may.toSorted()).toEqual([...new Set(allowed)].toSorted())
  })

  it('has a row for every action', () => {
    expect([...new Set(TABLE.map(([action]) => action))].toSorted()).toEqual(ACTIONS.toSorted())
  })

  it('names the roles that may', () => {
    expect(rolesWith('secrets.read-names')).toEqual(['viewer', 'developer', 'admin'])
    expect(rolesWith('secrets.write')).toEqual(['developer', 'admin'])
    expect(rolesWith('members.manage')).toEqual(['admin'])
    expect(rolesWith('instance.manage')).toEqual([])
  })

  it('gives nothing in other projects', () => {
    const elsewhere: Resource[] = [
      { kind: 'project', projectId: 'q' },
      { kind: 'folder', projectId: 'q', environment: 'dev', path: '/api' },
    ]
    for (const action of ACTIONS.filter((name) => name !== 'instance.use')) {
      for (const place of elsewhere) expect(allows(who.admin, action, place)).toBe(false)
    }
    expect(isMember(who.admin, 'q')).toBe(false)
    expect(isMember(who.orphan, projectId)).toBe(false)
  })

  it.each([
    ['/**', '/', true],
    ['/**', '/a/b', true],
    ['/', '/', true],
    ['/', '/a', false],
    ['/a', '/a', true],
    ['/a', '/a/b', false],
    ['/a/*', '/a', false],
    ['/a/*', '/a/b', true],
    ['/a/*', '/a/b/c', false],
    ['/a/**', '/a', true],
    ['/*/b/**', '/a/b/c/d', true],
    ['/*/b/**', '/a/c', false],
  ])('%s covers %s: %s', (pattern, path, expected) => {
    expect(covers(pattern, path)).toBe(expected)
  })
})
