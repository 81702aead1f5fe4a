/**
 * Somebody who writes to the database, and kept a copy of rows from earlier, lets nobody in by them: rights, tokens,
 * keys, sessions, passwords, links and invitations were valid once, and ended.
 */
import { createHash, generateKeyPairSync } from 'node:crypto'
import { endSessions } from '@keyferry/access'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { onEveryDatabase } from '@keyferry/db/testing'
import { verifyStore } from '@keyferry/kernel/authority'
import { sql, type RawBuilder } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { storedRows, type Row } from './stored-rows.ts'
import { machine } from './request-matrix/machine.ts'
import { seedFixtures } from './request-matrix/seed-fixtures.ts'
import { ACCOUNT, newProject, readyApi, type TestApi } from '../src/testing.ts'

const JWT_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString()
/** Read and deleted at the same place. */
const alike = (path: string): [read: string, remove: string] => [path, path]

onEveryDatabase('rights and credentials of an earlier time that are put back', (open) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
    projectId = (await newProject(api)).id
  })
  afterAll(() => api.close())

  const { run, copy, putBack, started } = storedRows(() => api)

  it('give no right back that was taken', async () => {
    const { identityId, token } = await machine(api, 'rights')
    const memberships = `/api/v1/projects/${projectId}/identity-memberships/${identityId}`
    const seen = async () =>
      (await api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`, undefined, { token })).status
    await api.send('POST', memberships, { role: 'admin' })
    expect(await seen()).toBe(200)
    const here = sql`principal_id = ${identityId}`
    const admin = await copy('memberships', here)
    await api.send('PATCH', memberships, { role: 'viewer', scopes: [{ environment: 'prod' }] })
    const viewer = await copy('memberships', here)
    expect(await seen()).toBe(403)
    await putBack('memberships', admin)
    expect(await seen()).toBe(404)
    await putBack('memberships', viewer)
    expect(await seen()).toBe(403)
    await api.send('DELETE', memberships)
    for (const rows of [admin, viewer]) {
      await putBack('memberships', rows)
      expect(await seen()).toBe(404)
    }
    const { broken } = await verifyStore(await started())
    expect(broken).toContainEqual({ table: 'memberships', id: String(viewer[0]?.['id']), problem: 'put back' })
  })

  it('stay ended whatever was put back and read before a right was taken', async () => {
    const { identityId, token } = await machine(api, 'twice')
    const memberships = `/api/v1/projects/${projectId}/identity-memberships/${identityId}`
    const members = async () =>
      (await api.send('GET', `/api/v1/projects/${projectId}/memberships`, undefined, { token })).status
    await api.send('POST', memberships, { role: 'developer' })
    const here = sql`principal_id = ${identityId}`
    const first = await copy('memberships', here)
    await api.send('PATCH', memberships, { role: 'admin' })
    expect(await members()).toBe(200)
    const admin = await copy('memberships', here)
    // As in a process that started a moment ago.
    api.ctx.authority.verified.clear()
    expect(await members()).toBe(200)
    await putBack('memberships', first)
    expect(await members()).toBe(404)
    await putBack('memberships', admin)
    expect(await members()).toBe(200)
    expect((await api.send('PATCH', memberships, { role: 'viewer' })).status).toBe(200)
    await putBack('memberships', admin)
    expect(await members()).toBe(404)
    await run(sql`delete from memberships where ${here}`)
  })

  it('let nobody in whose token, key, session or password ended', async () => {
    const me = async (how: { token?: string | null; headers?: Record<string, string> }) =>
      (await api.send('GET', '/api/v1/me', undefined, how)).status
    const page = { origin: 'http://127.0.0.1:4400', 'sec-fetch-site': 'same-origin' }
    const { identityId, token } = await machine(api, 'token')
    const tokens = await copy('access_tokens', sql`identity_id = ${identityId}`)
    expect(await me({ token })).toBe(200)
    await api.send('POST', '/api/v1/auth/token/revoke', { accessToken: token })
    await putBack('access_tokens', tokens)
    expect(await me({ token })).toBe(401)

    const signIn = async (password: string) => {
      const { headers } = await api.send(
        'POST',
        '/api/auth/sign-in/email',
        { email: ACCOUNT.email, password },
        { token: null, headers: page },
      )
      return [headers['set-cookie'] ?? []]
        .flat()
        .map((cookie) => cookie.split(';')[0])
        .join('; ')
    }
    const cookie = await signIn(ACCOUNT.password)
    expect(await me({ token: null, headers: { cookie } })).toBe(200)
    const sessions = await copy('session', sql`true`)
    const accounts = await copy('account', sql`true`)
    await api.send('POST', '/api/auth/sign-out', {}, { token: null, headers: { ...page, cookie } })
    await putBack('session', sessions)
    expect(await me({ token: null, headers: { cookie } })).toBe(401)

    const other = await signIn(ACCOUNT.password)
    const changed = await api.send(
      'POST',
      '/api/auth/change-password',
      { currentPassword: ACCOUNT.password, newPassword: 'another long password' },
      { token: null, headers: { ...page, cookie: other } },
    )
    expect(changed.status).toBe(200)
    await putBack('account', accounts)
    expect(await signIn(ACCOUNT.password)).toBe('')
    await putBack('session', sessions)
    const { broken } = await verifyStore(await started())
    const tables = broken.map(({ table }) => table)
    expect(tables).toEqual(expect.arrayContaining(['accessTokens', 'account', 'session']))
  })

  it('are ended by their ids although they were taken out, whatever they are', async () => {
    const vendor = await startEmulator()
    const made = await seedFixtures(api, vendor, [{ id: api.actor.id, kind: 'user', role: 'admin', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const id = (name: string) => String(made.get(name))
    const here = `/api/v1/projects/${id('projectId')}`
    const hook = { kind: 'webhook', address: 'https://alerts.example.com/put-back' }
    const { noticeTarget } = (await api.send('POST', '/api/v1/notice-targets', hook)).body
    const jwt = { configurationType: 'static', publicKeys: [JWT_KEY], boundIssuer: 'https://issuer.example.com' }
    const jwtAuth = `/api/v1/auth/jwt-auth/identities/${id('identityId')}`
    expect(await api.send('POST', jwtAuth, jwt)).toMatchObject({ status: 200 })
    const inDev = `projectId=${id('projectId')}&environment=dev`
    // Where each is read, and where it is deleted.
    const rows: [table: string, id: string, read: string, remove: string][] = [
      ['invitations', id('invitationId'), `${here}/invitations`, `${here}/invitations/${id('invitationId')}`],
      ['notice_targets', noticeTarget.id, '/api/v1/notice-targets', `/api/v1/notice-targets/${noticeTarget.id}`],
      ['syncs', id('syncId'), ...alike(`/api/v1/secret-syncs/trigger-dev/${id('syncId')}`)],
      ['connections', id('connectionId'), ...alike(`/api/v1/app-connections/trigger-dev/${id('connectionId')}`)],
      ['folders', id('folderId'), `/api/v2/folders?${inDev}`, `/api/v2/folders/sub?${inDev}&path=/`],
      ['federated_auths', '', ...alike(jwtAuth)],
      ['identities', id('identityId'), ...alike(`/api/v1/identities/${id('identityId')}`)],
      ['environments', id('environmentId'), ...alike(`${here}/environments/${id('environmentId')}`)],
      ['projects', id('projectId'), ...alike(here)],
    ]
    for (const [table, rowId, read, remove] of rows) {
      expect([table, await api.send('GET', read)]).toMatchObject([table, { status: 200 }])
      const where = rowId === '' ? sql`identity_id = ${id('identityId')}` : sql`id = ${rowId}`
      const kept = await copy(table, where)
      await run(sql`delete from ${sql.table(table)} where ${where}`)
      expect([table, await api.send('DELETE', remove)]).toMatchObject([table, { status: 404 }])
      await putBack(table, kept)
      // Without a folder, an environment or a project the answer would be another one.
      const { status } = await api.send('DELETE', remove)
      expect([table, [404, 503].includes(status) ? 'ended' : status]).toEqual([table, 'ended'])
      await run(sql`delete from ${sql.table(table)} where ${where}`)
    }
    await vendor.close()
  })

  describe('taken out before what they give ended', () => {
    const page = { origin: 'http://127.0.0.1:4400', 'sec-fetch-site': 'same-origin' }
    const [first, second, third] = ['the first long password', 'the second long password', 'the third long password']
    let addresses = 0
    // Each from another one: an address may sign in ten times a minute.
    const sendPage = (path: string, body: object, cookie = '') =>
      api.send('POST', path, body, { token: null, headers: { ...page, cookie }, address: `10.2.0.${addresses++}` })
    const cookieOf = ({ headers }: { headers: Record<string, unknown> }) =>
      [headers['set-cookie'] ?? []]
        .flat()
        .map((cookie) => String(cookie).split(';')[0])
        .join('; ')
    const me = async (how: { token?: string | null; headers?: Record<string, string> }) =>
      (await api.send('GET', '/api/v1/me', undefined, how)).status
    const signedIn = (cookie: string) => me({ token: null, headers: { cookie } })
    const link = async (sent: ReturnType<typeof api.send>) => new URL((await sent).body.link).searchParams.get('token')
    const ended = async (request: ReturnType<typeof api.send>) => expect([200, 204]).toContain((await request).status)
    const missing = async (request: ReturnType<typeof api.send>) => expect((await request).status).toBe(404)
    /** Rows that are not in the database while `ending` ends them, and there again afterwards. */
    const aside = async (table: string, where: RawBuilder<unknown>, ending: () => Promise<unknown>, id = 'id') => {
      const rows = await copy(table, where)
      await run(sql`delete from ${sql.table(table)} where ${where}`)
      await ending()
      await putBack(table, rows, id)
    }
    const byUser = (id: string) => sql`${sql.ref('userId')} = ${id}`

    /** What the test has made, whose rows don't stay in the store. */
    const [peopleIds, machineIds]: [string[], string[]] = [[], []]
    afterEach(async () => {
      for (const id of peopleIds.splice(0)) {
        for (const table of ['session', 'account']) await run(sql`delete from ${sql.table(table)} where ${byUser(id)}`)
        await run(sql`delete from verification where value = ${id}`)
        await run(sql`delete from instance_admins where principal_id = ${id}`)
      }
      for (const id of machineIds.splice(0)) {
        for (const table of ['access_tokens', 'client_secrets'])
          await run(sql`delete from ${sql.table(table)} where identity_id = ${id}`)
        await run(sql`delete from memberships where principal_id = ${id}`)
      }
      await run(sql`delete from invitations`)
    })

    let made = 0
    /** An instance admin with the first of the passwords. */
    const newPerson = async () => {
      const email = `eve-${++made}@example.com`
      const token = await link(api.send('POST', '/api/v1/people/invitations', { email, instanceAdmin: true }))
      const accepted = { token, name: 'Eve', password: first }
      await api.send('POST', '/api/v1/people/invitations/accept', accepted, { token: null })
      const { people } = (await api.send('GET', '/api/v1/people')).body
      const { id } = people.find((person: { email: string }) => person.email === email)
      peopleIds.push(id)
      const signIn = async (password = first) =>
        cookieOf(await sendPage('/api/auth/sign-in/email', { email, password }))
      return { id, signIn }
    }
    const newMachine = async () => {
      const found = await machine(api, `aside ${++made}`)
      machineIds.push(found.identityId)
      return found
    }

    it('let nobody in as sessions, one at a time and all of a person', async () => {
      const { id, signIn } = await newPerson()
      let cookie = await signIn()
      expect(await signedIn(cookie)).toBe(200)
      await aside('session', byUser(id), () => ended(api.send('DELETE', `/api/v1/people/${id}/sessions`)))
      expect(await signedIn(cookie)).toBe(401)
      const tokenIn = (cookie: string) => decodeURIComponent(cookie.split('=')[1] ?? '').split('.')[0]
      const [kept, other] = [await signIn(), await signIn()]
      await aside('session', sql`token = ${tokenIn(other)}`, async () => {
        const changed = { currentPassword: first, newPassword: second }
        cookie = cookieOf(await sendPage('/api/auth/change-password', changed, kept))
      })
      expect([await signedIn(other), await signedIn(cookie)]).toEqual([401, 200])
      for (const path of ['sign-out', 'revoke-session']) {
        const alone = await signIn(second)
        expect(await signedIn(alone)).toBe(200)
        const token = tokenIn(alone)
        const [body, by] = path === 'sign-out' ? [{}, alone] : [{ token }, cookie]
        await aside('session', sql`token = ${token}`, () => ended(sendPage(`/api/auth/${path}`, body, by)))
        expect([path, await signedIn(alone), await signedIn(cookie)]).toEqual([path, 401, 200])
      }
    })

    it('let nobody in as a link for a new password once another one has set it, and as the password before', async () => {
      const { id, signIn } = await newPerson()
      const reset = () => link(api.send('POST', `/api/v1/people/${id}/reset-link`))
      const [unused, used] = [await reset(), await reset()]
      const setPassword = (token: string | null, newPassword: string) =>
        sendPage('/api/auth/reset-password', { token, newPassword })
      const links = await copy('verification', sql`value = ${id}`)
      const usedLink = await usedOf(links, used)
      await aside('verification', sql`value = ${id} and id != ${usedLink}`, () =>
        aside('account', byUser(id), () => ended(setPassword(used, third))),
      )
      expect((await setPassword(unused, second)).status).toBe(400)
      expect([await signIn(first), await signIn(third)]).toEqual(['', expect.stringContaining('session')])
    })

    it('let nobody in as an API key', async () => {
      const cookie = await (await newPerson()).signIn()
      const grants = [{ projectId, role: 'viewer', scopes: null }]
      const key = (await sendPage('/api/v1/api-keys', { name: 'aside', grants }, cookie)).body
      expect(await me({ token: key.token })).toBe(200)
      const ofKey = sql`id = ${key.apiKey.id}`
      await aside('api_keys', ofKey, () => missing(api.send('DELETE', `/api/v1/api-keys/${key.apiKey.id}`)))
      expect(await me({ token: key.token })).toBe(401)
      const elsewhere = async () => {
        const { db } = await started()
        return db.selectFrom('apiKeys').where('id', '=', key.apiKey.id).select('id').execute()
      }
      await expect.poll(elsewhere).toEqual([])
      await run(sql`delete from api_keys where ${ofKey}`)
    })

    it('give no right to the instance back', async () => {
      const { id, signIn } = await newPerson()
      const headers = { cookie: await signIn() }
      const isAdmin = async () =>
        (await api.send('GET', '/api/v1/me', undefined, { token: null, headers })).body.me.instanceAdmin
      expect(await isAdmin()).toBe(true)
      const demote = () => ended(api.send('PATCH', `/api/v1/people/${id}`, { instanceAdmin: false }))
      await aside('instance_admins', sql`principal_id = ${id}`, demote, 'principal_id')
      expect(await isAdmin()).toBe(false)
    })

    it('give no right to a project back', async () => {
      const { identityId, token } = await newMachine()
      const memberships = `/api/v1/projects/${projectId}/identity-memberships/${identityId}`
      const seen = async () =>
        (await api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`, undefined, { token })).status
      await ended(api.send('POST', memberships, { role: 'admin' }))
      expect(await seen()).toBe(200)
      const ofMachine = sql`principal_id = ${identityId}`
      await aside('memberships', ofMachine, async () => {
        await ended(api.send('POST', memberships, { role: 'viewer', scopes: [{ environment: 'prod' }] }))
        await run(sql`delete from memberships where ${ofMachine}`)
      })
      expect(await seen()).toBe(404)
      for (const path of [memberships, `/api/v1/projects/${projectId}/memberships/`]) {
        await run(sql`delete from memberships where ${ofMachine}`)
        await ended(api.send('POST', memberships, { role: 'admin' }))
        expect(await seen()).toBe(200)
        const [member = {}] = await copy('memberships', ofMachine)
        await aside('memberships', ofMachine, () =>
          missing(api.send('DELETE', path.endsWith('/') ? `${path}${String(member['id'])}` : path)),
        )
        expect(await seen()).toBe(404)
      }
    })

    it('let no machine in as tokens and client secrets', async () => {
      const { identityId, token, clientSecretId } = await newMachine()
      const auth = `/api/v1/auth/universal-auth/identities/${identityId}`
      const ofMachine = sql`identity_id = ${identityId}`
      const newSecret = async () => (await api.send('POST', `${auth}/client-secrets`, {})).body
      const login = async (clientSecret: string) => {
        const { clientId } = (await api.send('GET', auth)).body.identityUniversalAuth
        const answer = await api.send('POST', '/api/v1/auth/universal-auth/login', { clientId, clientSecret })
        return answer.body.accessToken ?? answer.status
      }
      expect(await me({ token })).toBe(200)
      const revoke = () => ended(api.send('POST', `${auth}/client-secrets/${clientSecretId}/revoke`))
      await aside('access_tokens', ofMachine, revoke)
      expect(await me({ token })).toBe(401)

      const { clientSecret: secret } = await newSecret()
      const issued = await login(secret)
      expect(await me({ token: issued })).toBe(200)
      const one = await newSecret()
      expect(await login(one.clientSecret)).toEqual(expect.any(String))
      const oneId = String(one.clientSecretData.id)
      await aside('client_secrets', sql`id = ${oneId}`, () =>
        missing(api.send('POST', `${auth}/client-secrets/${oneId}/revoke`)),
      )
      expect(await login(one.clientSecret)).toBe(401)
      await aside('access_tokens', ofMachine, () =>
        aside('client_secrets', ofMachine, async () => {
          await ended(api.send('DELETE', auth))
          await ended(api.send('POST', auth, {}))
        }),
      )
      expect([await login(secret), await me({ token: issued })]).toEqual([401, 401])

      // A token that may be used twice.
      await ended(api.send('PATCH', auth, { accessTokenNumUsesLimit: 2 }))
      const limited = await login((await newSecret()).clientSecret)
      const unused = await copy('access_tokens', ofMachine)
      const use = () => me({ token: limited })
      expect([await use(), await use(), await use()]).toEqual([200, 200, 401])
      await putBack('access_tokens', unused)
      expect(await use()).toBe(401)
    })

    it('let nobody in as an invitation that was replaced', async () => {
      const invite = () => link(api.send('POST', '/api/v1/people/invitations', { email: 'mallory@example.com' }))
      const open = { token: await invite() }
      await aside('invitations', sql`email = 'mallory@example.com'`, invite)
      await missing(api.send('POST', '/api/v1/people/invitations/open', open, { token: null }))
    })

    it('let nobody in as what ended with all sessions', async () => {
      const { id, signIn } = await newPerson()
      const cookie = await signIn()
      const { identityId, token } = await newMachine()
      expect([await signedIn(cookie), await me({ token })]).toEqual([200, 200])
      await aside('session', byUser(id), () =>
        aside('access_tokens', sql`identity_id = ${identityId}`, () => endSessions(api.ctx, api.actor)),
      )
      expect([await signedIn(cookie), await me({ token })]).toEqual([401, 401])
      // Also for a process that starts afterwards, and what is made since is good.
      const later = await started()
      const found = later.db.selectFrom('accessTokens').where('identityId', '=', identityId).select('id')
      expect(await found.execute()).toEqual([])
      expect(await signedIn(await signIn())).toBe(200)
    })
  })

  /** The id of the link with this token: the sealed hash of it is stored. */
  const usedOf = async (links: readonly Row[], token: string | null) => {
    const digest = createHash('sha256').update(`reset-password:${token}`).digest('base64url')
    const hashes = [...api.ctx.authority.hashesOfDigest(digest)]
    return links.find((row) => hashes.includes(String(row['identifier'])))?.['id']
  }
})
