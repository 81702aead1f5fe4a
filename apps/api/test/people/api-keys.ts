/** API keys and the bootstrap token. */
import { expect, it } from 'vitest'
import { ACCOUNT, emptyApi } from '../../src/testing.ts'
import type { People } from './fixture.ts'

export function apiKeys(suite: People): void {
  const { signIn, as, accept, invitedAsAdmin, join, memberOf } = suite

  it('see the bootstrap token among the API keys; it never may more than its owner, and ends with them', async () => {
    await accept(await invitedAsAdmin('bob@example.com'))
    const bob = as((await signIn('bob@example.com')).cookie)
    const me = () => suite.api.send('GET', '/api/v1/me')
    const { id } = (await me()).body.me
    const { apiKeys } = (await bob('GET', '/api/v1/api-keys')).body
    expect(apiKeys).toMatchObject([{ id, name: 'Bootstrap token', owner: ACCOUNT.email, instanceAdmin: true }])
    const days = (Date.parse(apiKeys[0].expiresAt) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(30)

    const { id: userId } = (await bob('GET', '/api/v1/people')).body.people.find(
      ({ email }: { email: string }) => email === ACCOUNT.email,
    )
    const set = (instanceAdmin: boolean) => bob('PATCH', `/api/v1/people/${userId}`, { instanceAdmin })
    await set(false)
    expect((await me()).body.me).toMatchObject({ instanceAdmin: false, grants: [] })
    expect((await suite.api.send('GET', `/api/v1/projects/${suite.projectId}`)).status).toBe(404)
    expect((await suite.api.send('GET', '/api/v1/audit')).status).toBe(403)
    await set(true)
    expect((await suite.api.send('GET', '/api/v1/audit')).status).toBe(200)
    expect((await bob('DELETE', `/api/v1/people/${userId}`)).status).toBe(200)
    expect((await me()).status).toBe(401)
    expect((await bob('GET', '/api/v1/api-keys')).body.apiKeys).toEqual([])
  })

  it('choose how long the bootstrap token works, and revoke it', async () => {
    const other = await emptyApi(suite.open)
    const setUp = (tokenExpiresInDays: number) =>
      other.send('POST', '/api/v1/admin/bootstrap', { ...ACCOUNT, tokenExpiresInDays })
    expect((await setUp(366)).status).toBe(422)
    const { id, credentials } = (await setUp(7)).body.identity
    const by = { token: credentials.token }
    const [key] = (await other.send('GET', '/api/v1/api-keys', undefined, by)).body.apiKeys
    expect(Math.round((Date.parse(key.expiresAt) - Date.now()) / 86_400_000)).toBe(7)
    expect((await other.send('DELETE', `/api/v1/api-keys/${id}`, undefined, by)).status).toBe(200)
    expect((await other.send('GET', '/api/v1/me', undefined, by)).status).toBe(401)
    await other.close()
  })

  it('make API keys that never may more than they, and end at once', async () => {
    const bob = await join('bob@example.com', 'admin')
    const made = await bob('POST', '/api/v1/api-keys', {
      name: 'script',
      grants: [{ projectId: suite.projectId, role: 'admin' }],
    })
    expect(made.body.apiKey).toMatchObject({
      owner: 'bob@example.com',
      lastUsedAt: null,
      grants: [{ projectId: suite.projectId, role: 'admin' }],
    })
    const { token, apiKey } = made.body
    const rename = () => suite.api.send('PATCH', `/api/v1/projects/${suite.projectId}`, { name: 'Mine' }, { token })
    const read = () =>
      suite.api.send('GET', `/api/v3/secrets/raw?workspaceId=${suite.projectId}&environment=dev`, undefined, { token })
    const member = await memberOf('bob@example.com')
    const change = (grant: object) =>
      suite.api.send('PATCH', `/api/v1/projects/${suite.projectId}/memberships/${member.id}`, grant)
    await change({ role: 'developer' })
    expect((await read()).status).toBe(200)
    expect((await rename()).status).toBe(403)
    expect((await bob('GET', '/api/v1/api-keys')).body.apiKeys).toMatchObject([{ lastUsedAt: expect.any(String) }])
    await change({ role: 'admin' })
    expect((await rename()).status).toBe(200)
    const ended = await Promise.all([1, 2].map(() => bob('DELETE', `/api/v1/api-keys/${apiKey.id}`)))
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set([200, 404]))
    expect((await read()).status).toBe(401)
  })

  it('make API keys within their own rights only, with an end', async () => {
    const scopes = [{ environment: 'dev', secretPath: '/api/**' }]
    const bob = await join('bob@example.com', 'developer', scopes)
    const create = (grant: object, more: object = {}) =>
      bob('POST', '/api/v1/api-keys', { name: 'script', grants: [{ projectId: suite.projectId, ...grant }], ...more })
    for (const grant of [
      { role: 'admin', scopes },
      { role: 'developer' },
      { role: 'viewer', scopes: [{ environment: '*', secretPath: '/api/**' }] },
      { role: 'viewer', scopes: [{ environment: 'dev', secretPath: '/*' }] },
      { role: 'viewer', scopes: [...scopes, { environment: 'dev', secretPath: '/**' }] },
    ])
      expect((await create(grant)).status, JSON.stringify(grant)).toBe(403)
    const within = { role: 'developer', scopes: [{ environment: 'dev', secretPath: '/api/*/v1' }] }
    // Null is not sent, so such a key has the usual end.
    expect((await create(within, { expiresInDays: null })).body.apiKey.expiresAt).toMatch(/^20/)
    const tooLong = await create(within, { expiresInDays: 366 })
    expect([tooLong.status, tooLong.body.message]).toEqual([
      400,
      'An API key may live at most 365 days on this instance (KEYFERRY_API_KEY_MAX_DAYS).',
    ])
    const { body } = await create(within)
    expect(Math.round((Date.parse(body.apiKey.expiresAt) - Date.now()) / 86_400_000)).toBe(90)
    expect(body.apiKey.grants).toEqual([{ projectId: suite.projectId, ...within }])
  })
}
