/**
 * A thousand known values go through every path there is, with the log at its most talkative. Then everything that was
 * left behind is searched for them, in every form: none may be anywhere but in the answers to those allowed to read it,
 * and at the vendors.
 */
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { createKeyferryClient, type KeyferryClient } from '@keyferry/client'
import type { Emulator } from '@keyferry/core/emulators'
import { receiveWebhooks } from '@keyferry/core/testing'
import { expect, it, onTestFinished } from 'vitest'
import { settled } from '../src/demo/settled.ts'
import { inBackup, inDatabase, startService } from './canary-service.ts'
import { METRICS_TOKEN, newPlace, onEveryProfile, startEmulators } from './instance.ts'
import { found, foundIn, searchedTexts } from './leak-scan.ts'
import { textSearch } from './text-search.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
/** In every canary, and nowhere else in the world. */
const CORE = `Canary${randomBytes(12).toString('hex')}`
/** In comments, which everyone with the right to see names can read: sealed at rest like values, shown to viewers. */
const REMARK = `Remark${randomBytes(12).toString('hex')}`
const CANARIES = 1000
const LIMIT_MS = 60_000

onEveryProfile((profile) => {
  it(`${CANARIES} values leave no trace`, { timeout: 600_000 }, async () => {
    const place = await newPlace(profile)
    const service = await startService(profile, place)
    const vendors = await startEmulators()
    const hook = await receiveWebhooks()
    let made = 0
    /**
     * A value that is seen again wherever it turns up; every other one has characters that are written differently
     * elsewhere.
     */
    const canary = (): string => `${CORE}${++made}${made % 2 === 0 ? '' : ' "\\/+%&é\n'}`
    /** Secrets that Keyferry itself created: they are shown once. */
    const issued: string[] = []
    /** Answers to those who can't read values, and to everybody who was refused. */
    const said: string[] = []

    const cookies: string[] = []

    const recorded =
      (everything: boolean): typeof fetch =>
      async (address, init) => {
        const answer = await fetch(address, init)
        if (everything || answer.status >= 400) said.push(await answer.clone().text())
        return answer
      }
    const send = async (method: string, path: string, body: unknown, token?: string): Promise<unknown> => {
      const answer = await recorded(false)(`${service.url}${path}`, {
        method,
        headers: {
          'content-type': 'application/json',
          // Sign-in wants the page's own origin; the first setup is for programs, which send none.
          ...(path.startsWith('/api/auth/') ? { origin: service.url } : {}),
          ...(token ? { authorization: `Bearer ${token}` } : {}),
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      cookies.push(...answer.headers.getSetCookie())
      return answer.json().catch(() => null)
    }
    const refused = async (work: Promise<unknown>): Promise<void> => {
      const [outcome] = await Promise.allSettled([work])
      if (outcome.status === 'rejected') said.push(String(outcome.reason), JSON.stringify(outcome.reason))
      expect(outcome.status).toBe('rejected')
    }

    // People and machines.
    const password = `${canary()} password`
    const account = { email: 'ada@example.com', password, organization: 'Acme' }
    const setUp = await fetch(`${service.url}/api/v1/admin/bootstrap`, {
      method: 'POST',
      // As a program of this machine, which needs no setup code.
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    }).then((answer): unknown => answer.json())
    const token = textAt(setUp, 'identity', 'credentials', 'token')
    issued.push(token)
    const client = createKeyferryClient({ url: service.url, token, fetch: recorded(false) })
    const signIn = (body: object): Promise<unknown> => send('POST', '/api/auth/sign-in/email', body)
    await signIn(account)
    // The database knows the session by the first half of its cookie; the second is a signature that only the instance
    // can make.
    issued.push(
      ...cookies.map(
        (cookie) =>
          decodeURIComponent(cookie.split(';', 1)[0] ?? '')
            .split('.')
            .at(-1) ?? '',
      ),
    )
    expect(issued.every((text) => text.length > 20)).toBe(true)
    await signIn({ ...account, password: canary() })
    await signIn({ email: `${CORE}${++made}@example.com`, password: canary() })
    await send('POST', '/api/v1/auth/universal-auth/login', { clientId: canary(), clientSecret: canary() })
    await send('POST', '/api/v1/people/invitations/accept', { token: canary(), name: 'x', password: canary() })
    await send('GET', '/api/v1/me', undefined, CORE + String(++made))

    const project = await client.projects.create.mutate({ name: 'Shop' })
    const projectId = project.id
    const at = { projectId, environment: 'dev', secretPath: '/' }
    const invited = await client.members.invite.mutate({ projectId, email: 'eve@example.com', role: 'viewer' })
    const invitation = new URL(invited.link ?? '').searchParams.get('token') ?? ''
    issued.push(invitation)
    const evesPassword = canary()
    await client.people.accept.mutate({ token: invitation, name: 'Eve', password: evesPassword })
    const eve = { email: 'eve@example.com', password: evesPassword }
    const people = await client.people.list.query()
    const userId = people.find(({ email }) => email === eve.email)?.id ?? ''
    const reset = await client.people.resetLink.mutate({ userId })
    const resetToken = new URL(reset.link ?? '').searchParams.get('token') ?? ''
    issued.push(resetToken)
    await send('POST', '/api/auth/reset-password', { token: resetToken, newPassword: `${canary()} new` })

    const machine = await client.identities.create.mutate({ name: 'ci' })
    const identityId = machine.id
    const { clientId } = await client.universalAuth.attach.mutate({ identityId })
    const { clientSecret } = await client.universalAuth.createSecret.mutate({ identityId })
    const { accessToken } = await client.universalAuth.login.mutate({ clientId, clientSecret })
    issued.push(clientSecret, accessToken)
    await client.members.addIdentity.mutate({ projectId, identityId, role: 'viewer' })
    const viewer = createKeyferryClient({ url: service.url, token: accessToken, fetch: recorded(true) })
    await refused(client.universalAuth.login.mutate({ clientId, clientSecret: canary() }))

    // The vault: every kind of write, and of refusal.
    const pairs = (count: number, prefix: string) =>
      Array.from({ length: count }, (_, n) => ({
        key: `${prefix}${n}`,
        value: canary(),
        comment: `${REMARK} ${++made}`,
      }))
    await client.secrets.createMany.mutate({ ...at, secrets: pairs(180, 'BATCH_') })
    await client.secrets.updateMany.mutate({ ...at, mode: 'upsert', secrets: pairs(160, 'BATCH_') })
    const one = { ...at, key: 'ONE' }
    await client.secrets.create.mutate({ ...one, value: canary(), comment: `${REMARK} ${++made}` })
    for (let n = 0; n < 5; n++) await client.secrets.update.mutate({ ...one, value: canary() })
    await send('POST', '/api/v3/secrets/raw/RAW', { ...at, workspaceId: projectId, secretValue: canary() }, token)
    await send('PATCH', '/api/v4/secrets/RAW', { ...at, secretValue: canary() }, token)
    const lines = Array.from({ length: 100 }, (_, n) => `PASTED_${n}="${CORE}${++made}"`)
    const stray = [`${CORE}${++made}`, `BAD KEY=${CORE}${++made}`, `REF="\${NOPE} ${CORE}${++made}"`]
    await client.secrets.paste.mutate({ ...at, content: [...lines, ...stray].join('\n') })
    await client.secrets.delete.mutate({ ...at, key: 'REF' })
    await refused(client.secrets.create.mutate({ ...one, value: canary() }))
    await refused(client.secrets.create.mutate({ ...at, key: 'BIG', value: canary() + 'x'.repeat(1_000_000) }))
    await refused(client.secrets.create.mutate({ ...at, key: 'HALF', value: `${canary()}\ud800` }))
    await refused(client.secrets.create.mutate({ ...at, key: `BAD:${CORE.slice(0, 4)}`, value: canary() }))
    await refused(client.secrets.create.mutate({ ...at, environment: 'nowhere', key: 'X', value: canary() }))
    for (const path of ['/api/v4/secrets/BROKEN', '/api/trpc/secrets.create', '/api/auth/sign-in/email']) {
      const text = JSON.stringify({ ...at, key: 'BROKEN', value: canary() })
      for (const broken of [text.slice(0, -1), text.replace(CORE, `"${CORE}`), `${CORE}${++made}`, `[${text}`]) {
        await send('POST', path, broken, token)
      }
      await send('POST', path, { ...at, value: [canary()], secretValue: [canary()], extra: canary() }, token)
    }

    await client.folders.create.mutate({ projectId, environment: 'dev', name: 'lib', path: '/' })
    const lib = { ...at, secretPath: '/lib' }
    await client.secrets.createMany.mutate({ ...lib, secrets: pairs(20, 'LIB_') })
    await client.imports.create.mutate({
      projectId,
      environment: 'dev',
      path: '/',
      import: { environment: 'dev', path: '/lib' },
    })
    await client.secrets.create.mutate({
      ...at,
      key: 'REFERS',
      value: `\${dev.lib.LIB_1} ${CORE}${++made}`,
    })
    // What is delivered: a call for each of a thousand keys would show the same as for twenty.
    const sent = { ...at, secretPath: '/sent' }
    await client.folders.create.mutate({ projectId, environment: 'dev', name: 'sent', path: '/' })
    await client.secrets.createMany.mutate({ ...sent, secrets: pairs(20, 'SENT_') })
    await client.secrets.create.mutate({ ...sent, key: 'REFERS', value: `\${dev.lib.LIB_2} ${CORE}${++made}` })
    await client.imports.create.mutate({
      projectId,
      environment: 'dev',
      path: '/sent',
      import: { environment: 'dev', path: '/lib' },
    })
    await client.secrets.update.mutate({ ...one, newKey: 'RENAMED' })
    const moved = await client.secrets.get.query({ ...at, key: 'RAW' })
    await client.tree.moveSecrets.mutate({
      projectId,
      sourceEnvironment: 'dev',
      destinationEnvironment: 'dev',
      destinationSecretPath: '/lib',
      secretIds: [moved.id],
    })
    await client.secrets.deleteMany.mutate({ ...at, secrets: [{ key: 'BATCH_0' }, { key: 'BATCH_1' }] })
    for (const { id } of (await client.history.trash.query({ projectId, environment: 'dev' })).slice(0, 1)) {
      await client.history.restore.mutate({ projectId, environment: 'dev', trashId: id })
    }
    await client.history.restoreVersion.mutate({ ...at, key: 'BATCH_3', version: 1 })

    // Vendors: credentials, a webhook, runs, what they refuse and say, and drift.
    const { address, secret } = {
      address: `${new URL(hook.url).origin}/hook/${CORE}${++made}`,
      secret: `${CORE}${++made}`,
    }
    const notice = await client.notifications.create.mutate({ kind: 'webhook', address, secret })
    await client.notifications.test.mutate({ targetId: notice.id })
    const events: unknown[] = []
    const feed = client.syncs.events.subscribe(
      { projectId },
      { onData: (event) => events.push(event), onError: () => {} },
    )
    onTestFinished(() => feed.unsubscribe())
    const syncs = []
    for (const [destination, emulator] of vendors) {
      await refused(connect(client, destination, `${destination}-wrong`, emulator, wrongCredentials(emulator, canary)))
      issued.push(...secretsOf(emulator.credentials))
      const { id: connectionId } = await connect(
        client,
        destination,
        `${destination}-right`,
        emulator,
        emulator.credentials,
      )
      const create = (driftReadsValues: boolean) =>
        client.syncs.create.mutate({
          ...sent,
          destination,
          name: `to-${destination}`,
          connectionId,
          target: emulator.target,
          options: { driftReadsValues },
        })
      // Not every vendor hands values out.
      const sync = await create(true).catch(() => create(false))
      syncs.push({ destination, syncId: sync.id })
    }
    await settled(client, projectId, syncs, LIMIT_MS)
    for (const status of [400, 422, 503]) {
      // The vendor says back what it was sent, in every place an answer has.
      const value = canary()
      const body = { error: value, detail: [{ msg: `not good: ${value}`, input: value }] }
      for (const emulator of vendors.values()) {
        emulator.fail(1, { kind: 'status', status, body, headers: { 'x-echo': CORE } }, (method) => method !== 'GET')
      }
      await client.secrets.update.mutate({ ...sent, key: 'SENT_9', value })
      await settled(client, projectId, syncs, LIMIT_MS)
    }
    for (const emulator of vendors.values()) {
      emulator.put('SENT_5', canary())
      emulator.put('FOREIGN', canary())
    }
    for (const sync of syncs) {
      await client.syncs.checkDrift.mutate(sync)
      said.push(
        JSON.stringify(await client.syncs.plan.query(sync)),
        JSON.stringify(await client.syncs.keys.query(sync)),
      )
      const runs = await client.syncs.runs.query(sync)
      for (const { id: runId } of runs) said.push(JSON.stringify(await client.syncs.run.query({ ...sync, runId })))
    }
    await settled(client, projectId, syncs, LIMIT_MS)

    // Files.
    const passphrase = canary()
    const { file } = await client.backup.exportProject.mutate({ projectId, passphrase })
    said.push(file)
    await client.backup.importProject.mutate({ file, passphrase, projectName: 'Copy', slug: 'copy-of-it' })
    await refused(client.backup.importProject.mutate({ file, passphrase: canary() }))

    // What is left of the thousand.
    while (made < CANARIES) {
      const secrets = Array.from({ length: 100 }, (_, n) => ({ key: `MORE_${made}_${n}`, value: canary() }))
      await client.secrets.createMany.mutate({ ...at, environment: 'prod', secrets })
    }

    // Callers that see names only, everywhere they have access.
    const names = await viewer.secrets.list.query({
      ...at,
      recursive: true,
      includeImports: true,
      showValues: false,
    })
    expect(names.secrets.length).toBeGreaterThan(200)
    await viewer.secrets.get.query({ ...at, key: 'RENAMED', showValues: false })
    await expect(viewer.secrets.get.query({ ...at, key: 'RENAMED' })).rejects.toMatchObject({ status: 403 })
    await viewer.secrets.rows.query(at)
    await viewer.secrets.versions.query({ ...at, key: 'RENAMED' })
    await viewer.history.folder.query(at)
    await viewer.history.trash.query({ projectId, environment: 'dev' })
    await viewer.tree.uses.query(at)
    await viewer.secrets.list.query({ ...at, expandReferences: true, includeImports: true }).catch(() => null)
    await refused(viewer.tree.referenceTree.query({ ...at, key: 'REFERS' }))
    await refused(viewer.backup.exportProject.mutate({ projectId, passphrase: 'long enough to do' }))
    for (const sync of syncs) await viewer.syncs.runs.query(sync)
    said.push(JSON.stringify(await client.audit.list.query({ limit: 1000 })), JSON.stringify(events))
    said.push(
      JSON.stringify(await client.connections.list.query({})),
      JSON.stringify(await client.notifications.list.query()),
    )
    const metrics = await fetch(`${service.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
    expect(metrics.status).toBe(200)
    said.push(await metrics.text())
    said.push(...hook.got.map(({ text, headers }) => text + JSON.stringify({ ...headers, host: '' })))

    expect(made).toBeGreaterThanOrEqual(CANARIES)
    const values = [
      ...searchedTexts('a canary', CORE),
      ...issued.flatMap((text, n) => searchedTexts(`issued secret ${n}`, text)),
    ]
    const search = textSearch([...values, ...searchedTexts('a comment', REMARK)])
    const hits: string[] = []
    hits.push(...found('an answer', said.join('\n'), textSearch(values)))
    // The store with its WAL while it is in use; everything else, too, once it is closed.
    const live = await foundIn(place.dataDir, search, { deep: false })
    hits.push(...live.hits)
    if (place.databaseUrl === null) {
      expect(live.bytes).toBeGreaterThan(1_000_000)
      hits.push(...(await inBackup(place, search)))
    } else hits.push(...(await inDatabase(place.databaseUrl, search)))
    await service.stop()
    hits.push(...(await foundIn(place.dataDir, search, { deep: true })).hits)
    hits.push(...(await foundIn(join(ROOT, 'apps/web/dist'), search, { deep: true })).hits)
    expect(service.output().length).toBeGreaterThan(10_000)
    hits.push(...found('the log', service.output(), search))
    expect(hits).toEqual([])
    // And the search itself finds what is there.
    expect(found('here', Buffer.from(`x${CORE}`).toString('base64'), search)).not.toEqual([])
  })
})

/** The text below `path`. */
function textAt(body: unknown, ...path: string[]): string {
  let at = body
  for (const name of path)
    at = at !== null && typeof at === 'object' ? new Map(Object.entries(at)).get(name) : undefined
  if (typeof at !== 'string' || at === '') throw new Error(`no ${path.join('.')} in ${JSON.stringify(body)}`)
  return at
}

function connect(
  client: KeyferryClient,
  app: string,
  name: string,
  emulator: Emulator,
  credentials: Record<string, unknown>,
) {
  return client.connections.create.mutate({
    destination: app,
    name,
    method: emulator.method,
    credentials: { ...emulator.credentials, ...credentials },
  })
}

/** The values of those fields that are no address. */
const secretsOf = (credentials: Record<string, unknown>): string[] =>
  Object.values(credentials).flatMap((value) => (typeof value === 'string' && !URL.canParse(value) ? [value] : []))

const wrongCredentials = (emulator: Emulator, canary: () => string): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(emulator.credentials).map(([name, value]) => [
      name,
      typeof value !== 'string' || URL.canParse(value)
        ? value
        : `${value.slice(0, 3)}${canary().replaceAll(/\W/g, '')}`,
    ]),
  )
