/**
 * Every procedure, with everybody, over tRPC and REST. The inputs are made from the procedures' own schemas; the
 * permissions are written down here a second time. A new procedure is covered automatically; a new field that names a
 * place must be listed.
 */
import { randomUUID } from 'node:crypto'
import type { Requirement } from '@keyferry/access'
import { startEmulator, type TriggerDevEmulator } from '@keyferry/core/emulators/trigger-dev'
import { withOwnNames } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { SYSTEM } from '@keyferry/kernel'
import { readinessOf } from '@keyferry/runtime'
import { watchFolders } from '@keyferry/schemas'
import { EVERYTHING } from '@keyferry/schemas/policy'
import { createProject } from '@keyferry/vault'
import { TRPCError } from '@trpc/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import type { Meta, Weight } from '../src/rest/route.ts'
import { createCaller } from '../src/router.ts'
import { ACCOUNT, readyApi, type Answer, type TestApi } from '../src/testing.ts'
import { failureOf } from '../src/trpc/errors.ts'
import { machine } from './request-matrix/machine.ts'
import { newTarget, seedFixtures, type Principal } from './request-matrix/seed-fixtures.ts'
import { auditReader } from './request-matrix/audit-reader.ts'
import {
  callersOnPostgres,
  callersOverRest,
  callersOverTrpc,
  expected,
  leavesAll,
  LIKE,
  WHO,
  type Outcome,
  type Who,
} from './request-matrix/expected.ts'
import { inputFor, procedures, readBy, type Procedure } from './request-matrix/inputs.ts'

/** What stands in one of the two places: inside and outside of what the narrowed developer has. */
type Fixture = Record<'inside' | 'outside', Map<string, unknown>>

onEveryDatabase('every procedure with every role', (open, dialect) => {
  let api: TestApi
  let vendor: TriggerDevEmulator
  const tokens = new Map<Who, string | null>()
  const cookies = new Map<Who, string>()
  let fixture: Fixture
  const people: Principal[] = []
  /** Something in the fixture may be gone. */
  let used = false
  let changed = 0
  let newRows: ReturnType<typeof auditReader>

  beforeAll(async () => {
    api = await readyApi(open)
    newRows = auditReader(api)
    vendor = await startEmulator()
    const at = api.ctx.now().toISOString()
    const { db } = api.ctx

    const caller = async (who: Who, expiresIn?: number) => {
      const { identityId, token } = await machine(api, who, expiresIn)
      tokens.set(who, token)
      return identityId
    }
    const narrow = [{ environment: 'dev', secretPath: '/api/**' }]
    for (const role of ['viewer', 'developer', 'admin'] as const) {
      people.push({ id: await caller(role), kind: 'identity', role, scopes: null })
    }
    people.push({ id: await caller('narrowed, inside'), kind: 'identity', role: 'developer', scopes: narrow })
    people.push({ id: await caller('narrowed, outside'), kind: 'identity', role: 'developer', scopes: narrow })
    const patterns = [{ environment: '*', secretPath: '/*/**' }]
    people.push({ id: await caller('narrowed by patterns'), kind: 'identity', role: 'developer', scopes: patterns })
    people.push({ id: await caller('revoked token'), kind: 'identity', role: 'admin', scopes: null })
    const removed = await caller('removed machine')
    people.push({ id: removed, kind: 'identity', role: 'admin', scopes: null })
    people.push({ id: await caller('expired token', 0), kind: 'identity', role: 'admin', scopes: null })
    const foreigner = await caller('foreign')
    const elsewhere = await createProject(api.ctx, SYSTEM, { name: 'Elsewhere', withDefaultEnvironments: true })
    const membership = {
      principalId: foreigner,
      principalKind: 'identity' as const,
      role: 'admin',
      createdAt: at,
      updatedAt: at,
    }
    await db
      .insertInto('memberships')
      .values({ ...membership, id: randomUUID(), projectId: elsewhere.id })
      .execute()

    const passwordHash = await api.auth.hashNewPassword(ACCOUNT.password)
    const developer = await api.auth
      .within(withOwnNames(api.ctx.db))
      .createUser({ email: 'dev@example.com', passwordHash, name: 'Dev' })
    people.push({ id: developer.id, kind: 'user', role: 'developer', scopes: null })
    const key = await api.auth.within(withOwnNames(api.ctx.db)).createApiKey({ userId: developer.id, name: 'key' })
    await db.insertInto('apiKeys').values({ id: key.id, name: 'key', ownerId: developer.id, createdAt: at }).execute()
    people.push({ id: key.id, kind: 'key', role: 'admin', scopes: null })
    tokens.set('admin’s key of a developer', key.token)
    const owner = await api.auth
      .within(withOwnNames(api.ctx.db))
      .createUser({ email: 'narrow@example.com', passwordHash, name: 'N' })
    people.push({ id: owner.id, kind: 'user', role: 'developer', scopes: narrow })
    const capped = await api.auth.within(withOwnNames(api.ctx.db)).createApiKey({ userId: owner.id, name: 'capped' })
    await db.insertInto('apiKeys').values({ id: capped.id, name: 'capped', ownerId: owner.id, createdAt: at }).execute()
    people.push({ id: capped.id, kind: 'key', role: 'admin', scopes: null })
    tokens.set('narrowed owner’s key, outside', capped.token)

    const viewer = await api.auth
      .within(withOwnNames(api.ctx.db))
      .createUser({ email: 'viewer@example.com', passwordHash, name: 'V' })
    people.push({ id: viewer.id, kind: 'user', role: 'viewer', scopes: null })
    for (const who of ['ended session', 'session of a viewer'] as const) {
      const signedIn = await api.send(
        'POST',
        '/api/auth/sign-in/email',
        { email: viewer.email, password: ACCOUNT.password },
        { token: null },
      )
      cookies.set(who, [signedIn.headers['set-cookie'] ?? ''].flat()[0]?.split(';', 1)[0] ?? '')
      tokens.set(who, null)
    }

    tokens.set('nobody', null)
    tokens.set('unknown token', `kfa_${'x'.repeat(43)}`)
    tokens.set('instance admin', api.token)
    fixture = {
      inside: await seedInside(),
      outside: await seedFixtures(api, vendor, people, { environment: 'prod', path: '/' }),
    }
    // Last: what they had ends with them.
    const origin = { origin: 'http://127.0.0.1:4400', host: '127.0.0.1:4400' }
    const out = { ...origin, cookie: cookies.get('ended session') ?? '' }
    await api.send('POST', '/api/auth/sign-out', {}, { token: null, headers: out })
    await api.send('POST', '/api/v1/auth/token/revoke', { accessToken: tokens.get('revoked token') })
    await api.send('DELETE', `/api/v1/identities/${removed}`)
  })
  afterAll(async () => {
    await vendor.close()
    await api.close()
  })

  let sent = 0
  /** Each request has an address of its own, by which the audit log tells what it changed. */
  let address = ''
  const send = (
    who: Who,
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: unknown,
  ): Promise<Answer> => {
    sent += 1
    // Wrong tokens are counted per address: this matrix has more of them than one may try.
    address = `10.0.${Math.floor(sent / 250) % 250}.${1 + (sent % 250)}`
    return api.send(method, url, body, {
      token: tokens.get(who) ?? null,
      headers: cookies.has(who) ? { cookie: cookies.get(who) ?? '' } : {},
      address,
    })
  }

  async function overTrpc(who: Who, { name, type }: Procedure, input: unknown): Promise<Seen> {
    if (type === 'subscription') return subscribed(who, name, input)
    const text = JSON.stringify(input)
    const { status, body } =
      type === 'query'
        ? await send(who, 'GET', `/api/trpc/${name}${text === undefined ? '' : `?input=${encodeURIComponent(text)}`}`)
        : await send(who, 'POST', `/api/trpc/${name}`, input ?? {})
    return { status, message: String(body?.error?.message ?? '') }
  }

  /** Until something comes, or its refusal; an endless answer cannot be waited for over HTTP. */
  async function subscribed(who: Who, name: string, input: unknown): Promise<Seen> {
    const headers = new Headers()
    const token = tokens.get(who)
    if (token) headers.set('authorization', `Bearer ${token}`)
    else if (cookies.has(who)) headers.set('cookie', cookies.get(who) ?? '')
    const actor = await api.auth.actorOf(headers, '127.0.0.1')
    const instance = { version: '0', profile: 'embedded' as const }
    const readiness = readinessOf(api.ctx, { problem: () => Promise.resolve(null) })
    const context = {
      ctx: api.ctx,
      auth: api.auth,
      actor,
      authenticate: () => api.auth.actorOf(headers, '127.0.0.1', { again: true }),
      refusal: null,
      presented: Boolean(token),
      bearer: null,
      throttle: () => Promise.resolve(),
      admission: {
        turn: <T>(_weight: Weight, work: () => Promise<T>) => work(),
        requireRoom() {},
        countAnswer: () => () => {},
        openStream() {},
      },
      track: <T>(work: () => Promise<T>) => work(),
      keepPlain: () => undefined,
      prepare: (output: unknown) => Promise.resolve(output),
      address: '127.0.0.1',
      unknownProxy: undefined,
      isLocalProgram: false,
      instance,
      readiness,
      reqId: '',
    }
    const caller = createCaller(context, { signal: AbortSignal.abort() })
    try {
      const stream =
        name === 'syncs.events'
          ? await caller.syncs.events(z.object({ projectId: z.string() }).parse(input))
          : await caller.syncs.folderChanges(watchFolders.parse(input))
      for await (const _ of stream) break
      return { status: 200, message: '' }
    } catch (error) {
      if (error instanceof TRPCError && error.cause?.name === 'AbortError') return { status: 200, message: '' }
      return failureOf(error)
    }
  }

  async function overRest(who: Who, route: Meta['routes'][number], input: unknown): Promise<Seen> {
    const left = new Map(Object.entries(Object(input)))
    const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => {
      const value = left.get(name)
      left.delete(name)
      return encodeURIComponent(String(value))
    })
    const query =
      route.method === 'GET'
        ? new URLSearchParams(Object.fromEntries([...left].map(([name, value]) => [name, String(value)])))
        : null
    const { status, body } = await send(
      who,
      route.method,
      query?.size ? `${path}?${query.toString()}` : path,
      query ? undefined : Object.fromEntries(left),
    )
    return { status, message: typeof body?.message === 'string' ? body.message : '' }
  }

  it.each(procedures.map((procedure) => [procedure.name, procedure] as const))('%s', async (_, procedure) => {
    if (used) await reseed()
    const first = await firstRequirement(procedure)
    const ask = async (who: Who, route: Meta['routes'][number] | null) => {
      const placed = first !== 'anyone' && first.at.kind !== 'instance'
      const input = inputFor(
        route ? readBy(route, procedure) : procedure,
        fixture[(LIKE[who] ?? who) === 'narrowed, outside' && placed ? 'outside' : 'inside'],
      )
      const seen = route ? await overRest(who, route, input) : await overTrpc(who, procedure, input)
      const outcome = outcomeOf(seen)
      const how = `${who} over ${route ? `${route.method} ${route.path}` : 'tRPC'}: ${seen.status} ${seen.message}`
      expect(seen.status, how).toBeLessThan(500)
      if (outcome === 'through' && procedure.type === 'mutation' && !leavesAll(procedure)) used = true
      const count = procedure.type === 'subscription' ? 0 : await changes()
      if (outcome !== 'through') expect(count, how).toBe(0)
      changed += count
      return { outcome, how }
    }
    const ofTrpc = dialect === 'sqlite' ? callersOverTrpc(procedure) : callersOnPostgres(procedure)
    // Both ways lead to the same procedure; the database cannot tell them apart.
    const ofRest = dialect === 'sqlite' ? callersOverRest(procedure) : []
    for (const who of WHO) {
      const wanted = expected(procedure.name, first, who)
      const routes = ofRest.includes(who) ? procedure.meta.routes : []
      for (const route of ofTrpc.includes(who) ? [null, ...routes] : routes) {
        const seen = await ask(who, route)
        // An earlier call that was let through may have removed what this one names.
        const stale = seen.outcome !== wanted && used
        if (stale) {
          await reseed()
        }
        const { outcome, how } = stale ? await ask(who, route) : seen
        expect(outcome, how).toBe(wanted)
      }
    }
  })

  it('notes what was changed by those who can', () => expect(changed).toBeGreaterThan(50))

  /** What a procedure says that it requires before anything else. */
  async function firstRequirement({ name, meta, ...procedure }: Procedure): Promise<Requirement | 'anyone'> {
    const { verb } = meta
    if (verb === undefined) throw new Error(`${name} mounts no verb`)
    if (verb === 'anyone') return verb
    const input: unknown = verb.input?.parse(inputFor({ name, meta, ...procedure }, fixture.inside))
    const [first] = await verb.requirements(input, { ctx: api.ctx, access: EVERYTHING })
    if (!first) throw new Error(`${name} requires nothing`)
    return first
  }

  async function reseed(): Promise<void> {
    fixture = { ...fixture, inside: await seedInside() }
    used = false
  }

  function seedInside(): Promise<Map<string, unknown>> {
    return seedFixtures(api, vendor, people, { environment: 'dev', path: '/api', target: newTarget(vendor) })
  }

  /** By the last request; its rows are there before its answer. Those of others may come late. */
  const changes = async () =>
    // A refusal is audited, and changes nothing.
    (await newRows()).filter((row) => row.address === address && !/^access\.|-failed$/.test(row.action)).length
})

interface Seen {
  status: number
  message: string
}

/** Whatever is wrong apart from who asks counts as through: the verb was reached. */
function outcomeOf({ status, message }: Seen): Outcome {
  if (status === 401 && /^Token (missing|is not valid)$/.test(message)) return 'no login'
  if (status === 403 && message.startsWith('You are not allowed to ')) return 'forbidden'
  const hidden =
    /^(Project with (ID|slug) .* not found|There is no secret sync with the id .*|(Folder|Environment|Secret|Import|Membership) with ID .* not found|App Connection with .* not found)$/
  return status === 404 && hidden.test(message) ? 'not there' : 'through'
}
