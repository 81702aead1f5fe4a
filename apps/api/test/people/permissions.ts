/** What people see and own, and what they leave behind. */
import { runSync } from '@keyferry/core'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { expect, it } from 'vitest'
import { ACCOUNT } from '../../src/testing.ts'
import type { People } from './fixture.ts'

export function permissions(suite: People): void {
  const { signIn, as, accept, invitedAsAdmin, join, memberOf } = suite

  it('see names without values as viewers, and nothing outside of their place', async () => {
    const secret = (environment: string) =>
      `/api/v3/secrets/raw/KEY?workspaceId=${suite.projectId}&environment=${environment}&secretPath=/`
    for (const environment of ['dev', 'prod']) {
      await suite.api.send('POST', '/api/v3/secrets/raw/KEY', {
        workspaceId: suite.projectId,
        environment,
        secretValue: `canary ${environment}`,
      })
    }
    const viewer = await join('viewer@example.com', 'viewer')
    const seen = await viewer('GET', secret('prod'))
    expect(seen.body.secret).toMatchObject({
      secretKey: 'KEY',
      secretValueHidden: true,
      secretValue: '<hidden-by-infisical>',
    })
    const list = await viewer(
      'GET',
      `/api/v3/secrets/raw?workspaceId=${suite.projectId}&environment=prod&expandSecretReferences=true`,
    )
    expect(list.body.secrets).toMatchObject([{ secretKey: 'KEY', secretValueHidden: true }])
    expect(list.text).not.toContain('canary')

    const narrowed = await join('narrowed@example.com', 'developer', [{ environment: 'dev' }])
    expect((await narrowed('GET', secret('dev'))).body.secret.secretValue).toBe('canary dev')
    expect((await narrowed('GET', secret('prod'))).status).toBe(403)
    expect((await narrowed('GET', `/api/v1/projects/${suite.projectId}`)).body.project.environments).toMatchObject([
      { slug: 'dev' },
    ])
    // Neither by a reference of their own, nor by one that somebody else wrote, nor by an import.
    const write = (secretValue: string) =>
      narrowed('POST', '/api/v3/secrets/raw/STOLEN', { workspaceId: suite.projectId, environment: 'dev', secretValue })
    expect((await write('${prod.KEY}')).status).toBe(403)
    const imported = await narrowed('POST', '/api/v2/secret-imports', {
      projectId: suite.projectId,
      environment: 'dev',
      path: '/',
      import: { environment: 'prod', path: '/' },
    })
    expect(imported.status).toBe(403)
    await suite.api.send('POST', '/api/v3/secrets/raw/LINK', {
      workspaceId: suite.projectId,
      environment: 'dev',
      secretValue: '${prod.KEY}',
    })
    const expanded = await narrowed(
      'GET',
      `/api/v3/secrets/raw?workspaceId=${suite.projectId}&environment=dev&expandSecretReferences=true`,
    )
    expect(expanded.status).toBe(403)
    expect(expanded.text).not.toContain('canary')
    await suite.api.send('POST', '/api/v2/secret-imports', {
      projectId: suite.projectId,
      environment: 'dev',
      path: '/',
      import: { environment: 'prod', path: '/' },
    })
    const through = await narrowed(
      'GET',
      `/api/v3/secrets/raw?workspaceId=${suite.projectId}&environment=dev&include_imports=true`,
    )
    expect(through.text).not.toContain('canary prod')
  })

  it('own syncs: without a reader a sync stops and says so, until someone takes it over', async () => {
    const vendor = await startEmulator()
    const bob = await join('bob@example.com', 'admin')
    const set = (secretValue: string) =>
      suite.api.send('PATCH', '/api/v3/secrets/raw/KEY', {
        workspaceId: suite.projectId,
        environment: 'dev',
        secretValue,
      })
    await suite.api.send('POST', '/api/v3/secrets/raw/KEY', {
      workspaceId: suite.projectId,
      environment: 'dev',
      secretValue: 'one',
    })
    const connection = await bob('POST', '/api/v1/app-connections/trigger-dev', {
      name: 'theirs',
      method: 'api-key',
      credentials: vendor.credentials,
      projectId: suite.projectId,
    })
    const base = '/api/v1/secret-syncs/trigger-dev'
    const made = await bob('POST', base, {
      name: 'sync',
      projectId: suite.projectId,
      connectionId: connection.body.appConnection.id,
      environment: 'dev',
      secretPath: '/',
      syncOptions: { initialSyncBehavior: 'overwrite-destination' },
      destinationConfig: vendor.target,
    })
    const { id } = made.body.secretSync
    const run = () => runSync(suite.api.ctx, id, new AbortController().signal)
    const row = async () => (await suite.api.send('GET', `${base}/${id}`)).body.secretSync
    await run()
    expect(await row()).toMatchObject({ syncStatus: 'succeeded' })

    await suite.api.send(
      'PATCH',
      `/api/v1/projects/${suite.projectId}/memberships/${(await memberOf('bob@example.com')).id}`,
      {
        scopes: [{ environment: 'prod' }],
      },
    )
    expect(await row()).toMatchObject({
      syncStatus: 'blocked',
      blocked: { kind: 'access', message: expect.stringContaining('bob@example.com') },
    })
    await set('another value')
    await run()
    expect(await row()).toMatchObject({ syncStatus: 'blocked', blocked: { kind: 'access' } })
    expect(JSON.stringify([...vendor.contents()])).not.toContain('another value')
    expect((await bob('POST', `${base}/${id}/sync-secrets`)).status).toBe(404)

    const eve = await join('eve@example.com', 'developer')
    expect((await eve('POST', `${base}/${id}/sync-secrets`)).status).toBe(200)
    await run()
    expect(await row()).toMatchObject({ syncStatus: 'succeeded', blocked: null })
    expect(JSON.stringify([...vendor.contents()])).toContain('another value')

    const { userId } = { userId: (await memberOf('eve@example.com')).principalId }
    await suite.api.send('DELETE', `/api/v1/people/${userId}`)
    expect(await row()).toMatchObject({ syncStatus: 'blocked' })
    expect((await eve('GET', '/api/v1/me')).status).toBe(401)
    await vendor.close()
  })

  it('leave machines behind them, whose client secrets are listed and are revoked with them on request', async () => {
    const madeBy = async (email: string) => {
      await accept(await invitedAsAdmin(email))
      const person = as((await signIn(email)).cookie)
      const { id: userId } = (await person('GET', '/api/v1/me')).body.me
      const { id } = (await person('POST', '/api/v1/identities', { name: `of ${email}` })).body.identity
      const path = `/api/v1/auth/universal-auth/identities/${id}`
      const { clientId } = (await person('POST', path, {})).body.identityUniversalAuth
      const { clientSecret } = (await person('POST', `${path}/client-secrets`, { description: 'first' })).body
      // With the key of another person.
      await suite.api.send('POST', `${path}/client-secrets`, { description: 'second' })
      const login = () =>
        suite.api.send('POST', '/api/v1/auth/universal-auth/login', { clientId, clientSecret }, { token: null })
      return { userId, login, token: (await login()).body.accessToken }
    }
    const me = (token: string) => suite.api.send('GET', '/api/v1/me', undefined, { token })
    const bob = await madeBy('bob@example.com')
    const secretsOf = async (userId: string) =>
      (await suite.api.send('GET', `/api/v1/people/${userId}/client-secrets`)).body.clientSecrets
    const made = await secretsOf(bob.userId)
    expect(made).toMatchObject([{ identityName: 'of bob@example.com', description: 'first' }])
    const { people } = (await suite.api.send('GET', '/api/v1/people')).body
    const ada = people.find(({ email }: { email: string }) => email === ACCOUNT.email)
    expect(await secretsOf(ada.id)).toMatchObject([{ description: 'second' }])
    const removed = await suite.api.send('DELETE', `/api/v1/people/${bob.userId}`)
    expect(removed.body.person.clientSecrets).toEqual(made)
    expect([(await me(bob.token)).status, (await bob.login()).status]).toEqual([200, 200])

    const carl = await madeBy('carl@example.com')
    const all = await suite.api.send('DELETE', `/api/v1/people/${carl.userId}?revokeClientSecrets=true`)
    expect(all.body.person.clientSecrets).toHaveLength(1)
    expect([(await me(carl.token)).status, (await carl.login()).status]).toEqual([401, 401])
    const { entries } = (await suite.api.send('GET', '/api/v1/audit?action=identity.client-secret.revoke')).body
    expect(entries).toHaveLength(1)
  })

  it('keep one instance admin', async () => {
    const [person] = (await suite.api.send('GET', '/api/v1/people')).body.people
    expect((await suite.api.send('PATCH', `/api/v1/people/${person.id}`, { instanceAdmin: false })).status).toBe(400)
    expect((await suite.api.send('DELETE', `/api/v1/people/${person.id}`)).status).toBe(400)
    await accept(await invitedAsAdmin('bob@example.com'))
    expect((await suite.api.send('PATCH', `/api/v1/people/${person.id}`, { instanceAdmin: false })).status).toBe(200)
    const bob = as((await signIn('bob@example.com')).cookie)
    expect((await bob('GET', '/api/v1/me')).body.me).toMatchObject({ instanceAdmin: true })
  })
}
