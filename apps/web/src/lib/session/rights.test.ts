import { describe, expect, it } from 'vitest'
import { andBelow, inFolder, rightsOf, type Rights } from './rights.ts'

const projectId = 'p'
const as = (role: 'viewer' | 'developer' | 'admin', secretPath?: string): Rights =>
  rightsOf(
    {
      id: 'u',
      email: 'vera@example.com',
      name: 'Vera',
      organization: { id: 'o', name: 'Acme', slug: 'acme' },
      instanceAdmin: false,
      grants: [{ projectId, role, scopes: secretPath === undefined ? null : [{ environment: 'dev', secretPath }] }],
    },
    projectId,
  )
const at = (secretPath: string) => inFolder({ projectId, environment: 'dev', secretPath })

describe('why somebody may not', () => {
  it('is nothing when they may', () => {
    expect(as('developer').whyNot('secrets.write', at('/api'))).toBeUndefined()
    expect(as('developer', '/api/**').whyNot('secrets.write', at('/api/deep'))).toBeUndefined()
    expect(as('admin').whyNot('project.manage')).toBeUndefined()
  })

  it('names the roles that may, when it is the role', () => {
    expect(as('viewer').whyNot('secrets.write', at('/'))).toBe(
      'Only developers and admins of this project can change secrets.',
    )
    expect(as('developer').whyNot('syncs.manage')).toBe(
      'Only admins of this project can create, change or approve syncs.',
    )
    expect(as('admin').whyNot('instance.manage')).toContain('Only instance admins')
    expect(as('admin').whyNot('connections.manage', { kind: 'organization' })).toContain('Only instance admins')
  })

  it('names the place, when the role would do', () => {
    const narrow = as('developer', '/api/*')
    expect(narrow.whyNot('secrets.write', at('/'))).toBe('You don’t have access to dev:/.')
    expect(narrow.whyNot('secrets.write', andBelow({ projectId, environment: 'dev', secretPath: '/api/x' }))).toBe(
      'You don’t have access to dev:/api/x and everything below it.',
    )
    expect(as('admin', '/api/**').whyNot('members.manage')).toContain('of the whole project')
  })
})
