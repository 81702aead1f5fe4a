import { randomUUID } from 'node:crypto'
import { onEveryDatabase } from '@keyferry/db/testing'
import { snapshot, Unresolvable } from '@keyferry/kernel'
import { testContext, type TestContext } from '@keyferry/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listSecretRows } from '../secrets/read/rows.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { createTestProject, vault, type Vault } from '../testing.ts'
import { versionsIn } from './made-of.ts'
import { resolveFolder } from './resolve.ts'

onEveryDatabase('resolve', (open, dialect) => {
  let t: TestContext
  let v: Vault
  let projectId: string
  beforeEach(async () => {
    t = await testContext(open)
    projectId = (await createTestProject(t.ctx, t.actor)).id
    v = vault(t, projectId)
  })
  afterEach(() => t.close())

  /** Of a folder that must not resolve. */
  async function unresolvable(place: string): Promise<Unresolvable> {
    const error: unknown = await v.resolve(place).then(
      () => null,
      (reason: unknown) => reason,
    )
    if (!(error instanceof Unresolvable)) throw new Error(`expected ${place} not to resolve, got ${String(error)}`)
    return error
  }
  /** Key -> reason. */
  async function problems(place: string): Promise<Record<string, string>> {
    return Object.fromEntries((await unresolvable(place)).problems.map(({ key, reason }) => [key, reason]))
  }
  /** Key -> code. */
  async function codes(place: string): Promise<Record<string, string>> {
    return Object.fromEntries((await unresolvable(place)).problems.map(({ key, code }) => [key, code]))
  }

  describe('imports', () => {
    it('own keys win, then the later import; each is followed by its own imports', async () => {
      await v.put('dev:/', { OWN: 'own' })
      await v.put('dev:/early', { OWN: 'early', A: 'early', B: 'early' })
      await v.put('dev:/late', { OWN: 'late', A: 'late' })
      await v.put('prod:/base', { A: 'base', B: 'base', C: 'base' })
      await v.import('dev:/', 'dev:/early')
      await v.import('dev:/', 'dev:/late')
      await v.import('dev:/late', 'prod:/base')
      expect(await v.resolve('dev:/')).toEqual({ OWN: 'own', A: 'late', B: 'base', C: 'base' })
      const resolved = await resolveFolder(t.ctx, await v.folder('dev:/'))
      expect(resolved.get('C')?.origin).toEqual({ environment: 'prod', secretPath: '/base' })
      expect(resolved.get('OWN')?.origin).toEqual({ environment: 'dev', secretPath: '/' })
    })

    it('says which versions a value is made of, through imports and references', async () => {
      await v.put('prod:/base', { PASSWORD: 'p' })
      await v.put('dev:/late', { URL: 'db:${prod.base.PASSWORD}' })
      await v.import('dev:/', 'dev:/late')
      await v.put('dev:/', { OWN: 'x-${URL}-${prod.base.PASSWORD}', PLAIN: 'plain' })
      await v.put('prod:/base', { PASSWORD: 'changed' })
      const resolved = await resolveFolder(t.ctx, await v.folder('dev:/'))
      const rows = await t.ctx.db.selectFrom('secrets').select(['id', 'key']).execute()
      const made = (key: string) =>
        Object.fromEntries(
          Object.entries(versionsIn(resolved.get(key)?.madeOf ?? '{}')).map(([id, version]) => [
            rows.find((row) => row.id === id)?.key,
            version,
          ]),
        )
      expect(made('PLAIN')).toEqual({ PLAIN: 1 })
      expect(made('URL')).toEqual({ URL: 1, PASSWORD: 2 })
      expect(made('OWN')).toEqual({ OWN: 1, URL: 1, PASSWORD: 2 })
    })

    it('keeps no versions of a value that is made of more secrets than can be kept with it', async () => {
      const keys = Array.from({ length: 101 }, (_, at) => `K${at}`)
      await v.put('dev:/', Object.fromEntries(keys.map((key) => [key, 'x'])))
      await v.put('dev:/', { ALL: keys.map((key) => `\${${key}}`).join('') })
      const resolved = await resolveFolder(t.ctx, await v.folder('dev:/'))
      expect(resolved.get('ALL')).toMatchObject({ value: 'x'.repeat(101), madeOf: null })
    })

    it('reads folders together that are wanted at the same time, each within the reach of its own reader', async () => {
      await v.put('prod:/base', { BASE: 'base' })
      await v.put('dev:/open', { OPEN: 'open' })
      await v.put('dev:/refers', { REFERS: '${prod.base.BASE}' })
      await v.put('dev:/importing', { OWN: 'own' })
      await v.import('dev:/importing', 'prod:/base')
      const places = ['dev:/open', 'dev:/refers', 'dev:/importing', 'prod:/base']
      const ids = [...(await Promise.all(places.map((place) => v.folder(place)))), randomUUID()]
      let transactions = 0
      const db = new Proxy(t.ctx.db, {
        get(target, name) {
          if (name === 'transaction') transactions += 1
          const value: unknown = Reflect.get(target, name, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      const answers = async (reads: ((place: { environment: string }) => boolean) | null) => {
        const asked = await Promise.allSettled(ids.map((id) => resolveFolder({ ...t.ctx, db }, id, reads)))
        return asked.map((each) => (each.status === 'fulfilled' ? [...each.value.keys()] : each.reason.code))
      }
      expect(await answers(({ environment }) => environment === 'dev')).toEqual([
        ['OPEN'],
        'PermissionDenied',
        'PermissionDenied',
        'PermissionDenied',
        'NotFound',
      ])
      expect(await answers(null)).toEqual([['OPEN'], ['REFERS'], ['OWN', 'BASE'], ['BASE'], 'NotFound'])
      expect(transactions).toBe(2)
    })

    it('does not import sub-folders', async () => {
      await v.put('dev:/shared/deep', { DEEP: 'x' })
      await v.import('dev:/', 'dev:/shared')
      expect(await v.resolve('dev:/')).toEqual({})
    })

    it('an import chain of ten levels resolves, of eleven it blocks', async () => {
      for (let level = 0; level < 10; level++) await v.import(`dev:/f${level}`, `dev:/f${level + 1}`)
      await v.put('dev:/f10', { DEEP: 'x' })
      expect(await v.resolve('dev:/f0')).toEqual({ DEEP: 'x' })
      await expect(v.import('dev:/top', 'dev:/f0')).rejects.toThrow(
        'would go deeper: dev:/top → dev:/f0 → dev:/f1 → dev:/f2 → dev:/f3 → dev:/f4 → dev:/f5 → dev:/f6 → dev:/f7 → ….',
      )
      // As an older Keyferry let it be imported.
      const [folderId, sourceFolderId] = [await v.folder('dev:/top'), await v.folder('dev:/f0')]
      const at = t.ctx.now().toISOString()
      const made = { id: randomUUID(), position: 1, counted: 1 as const, createdAt: at, updatedAt: at }
      await t.ctx.db
        .insertInto('imports')
        .values({ ...made, folderId, sourceFolderId })
        .execute()
      await v.accept('dev:/top')
      expect(await problems('dev:/top')).toEqual({
        'the import of dev:/f10': 'imports are nested deeper than 10 levels',
      })
      await v.put('dev:/', { REF: '${dev.top.DEEP}' })
      expect(await problems('dev:/')).toEqual({
        REF: 'references ${dev.top.DEEP}, whose folder has imports nested deeper than 10 levels',
      })
    })

    it('does not mind a bad key that another one hides', async () => {
      await v.put('dev:/shared', { A: '${NOPE}' })
      await v.put('dev:/', { A: 'fine' })
      await v.import('dev:/', 'dev:/shared')
      expect(await v.resolve('dev:/')).toEqual({ A: 'fine' })
      await v.drop('dev:/', 'A')
      expect(await problems('dev:/')).toEqual({
        A: 'references ${NOPE}, which does not exist, imported from dev:/shared',
      })
    })
  })

  describe('references', () => {
    it('resolve in their own folder, across folders and environments, and through imports', async () => {
      await v.put('prod:/', { ROOT: 'r' })
      await v.put('prod:/api/v2', { HOST: 'h', URL: 'https://${HOST}/${prod.ROOT}' })
      await v.put('dev:/shared', { HOST: 'dev-host' })
      await v.import('dev:/', 'dev:/shared')
      await v.put('dev:/', { A: '${prod.api.v2.URL}', B: '[${HOST}|${HOST}]', C: '$${HOST}' })
      expect(await v.resolve('dev:/')).toEqual({
        A: 'https://h/r',
        B: '[dev-host|dev-host]',
        C: '${HOST}',
        HOST: 'dev-host',
      })
    })

    it('of an imported value resolve where it is written', async () => {
      await v.put('dev:/shared', { HOST: 'shared', URL: 'https://${HOST}' })
      await v.put('dev:/', { HOST: 'own' })
      await v.import('dev:/', 'dev:/shared')
      expect(await v.resolve('dev:/')).toEqual({ HOST: 'own', URL: 'https://shared' })
    })

    it('reach a key that the target folder only imports', async () => {
      await v.put('dev:/base', { K: 'v' })
      await v.import('dev:/mid', 'dev:/base')
      await v.put('dev:/', { A: '${dev.mid.K}' })
      expect(await v.resolve('dev:/')).toEqual({ A: 'v' })
    })

    it('leaves text that is no reference byte for byte', async () => {
      const texts = {
        A: '${FOO:-bar}',
        B: '${',
        C: '${}',
        D: '${a b}',
        E: '$HOME',
        F: '{{x}}',
        G: '${日本}',
        H: '#{X}',
      }
      await v.put('dev:/', texts)
      expect(await v.resolve('dev:/')).toEqual(texts)
    })

    it('names every bad key and why, and lets nothing through', async () => {
      await v.put('dev:/other', { X: '${GONE}' })
      await v.tangle('dev:/', {
        GOOD: 'x',
        MISSING: 'a ${NOPE} b ${dev.other.NO} c ${qa.K}',
        THROUGH: '${dev.other.X}',
        TWICE: '${THROUGH}',
        SELF: '${SELF}',
        ONE: '${TWO}',
        TWO: '${ONE}',
        INTO: '${ONE}',
        PROJECT: '${@billing.dev.KEY}',
        FORM: '${dev..KEY}',
      })
      expect(await problems('dev:/')).toEqual({
        MISSING:
          'references ${NOPE}, which does not exist; references ${dev.other.NO}, which does not exist; references ${qa.K}, which does not exist',
        THROUGH: 'references ${dev.other.X}, which references ${GONE}, which does not exist',
        TWICE: 'references ${THROUGH}, which needs dev.other.X, which references ${GONE}, which does not exist',
        SELF: 'is in a reference cycle: SELF → SELF',
        ONE: 'is in a reference cycle: ONE → TWO → ONE',
        TWO: 'is in a reference cycle: TWO → ONE → TWO',
        INTO: 'references ${ONE}, which is in a reference cycle: ONE → TWO → ONE',
        PROJECT: 'references ${@billing.dev.KEY}: cross-project references are not supported',
        FORM: 'references ${dev..KEY}, which is not of the form ${KEY} or ${environment.folder.KEY}',
      })
      expect(await codes('dev:/')).toEqual({
        ...Object.fromEntries(['MISSING', 'THROUGH', 'TWICE'].map((key) => [key, 'reference-missing'])),
        ...Object.fromEntries(['SELF', 'ONE', 'TWO', 'INTO'].map((key) => [key, 'reference-cycle'])),
        ...Object.fromEntries(['PROJECT', 'FORM'].map((key) => [key, 'reference-unsupported'])),
      })
    })

    it('are text where they are escaped, or come about only when values are put together', async () => {
      await v.put('dev:/', {
        A: 'x',
        MAIL: 'Hello $${username}, ${A}',
        MORE: '$$${MAIL} ${MAIL}',
        OPEN: '${',
        BUILT: '${OPEN}A}',
      })
      expect(await v.resolve('dev:/')).toMatchObject({
        MAIL: 'Hello ${username}, x',
        MORE: '$${MAIL} Hello ${username}, x',
        BUILT: '${A}',
      })
    })

    it('names a cycle across folders as it would be referenced', async () => {
      await v.put('dev:/a/b', { K: '${dev.L}' })
      await v.tangle('dev:/', { L: '${dev.a.b.K}' })
      expect(await problems('dev:/')).toEqual({ L: 'is in a reference cycle: L → dev.a.b.K → L' })
    })

    it('go ten levels deep and no deeper', async () => {
      const chain: Record<string, string> = { K0: 'end' }
      for (let level = 1; level <= 12; level++) chain[`K${level}`] = `\${K${level - 1}}`
      // As an older Keyferry let it be written.
      await v.tangle('dev:/', chain)
      expect(await problems('dev:/')).toEqual({
        K11: 'has references nested deeper than 10 levels',
        K12: 'references ${K11}, which has references nested deeper than 10 levels',
      })
      await v.drop('dev:/', 'K12')
      await v.drop('dev:/', 'K11')
      expect(await v.resolve('dev:/')).toMatchObject({ K10: 'end' })
    })

    it('do not blow up', async () => {
      const doubling: Record<string, string> = { K0: 'x'.repeat(1000) }
      for (let level = 1; level <= 10; level++) doubling[`K${level}`] = `\${K${level - 1}}`.repeat(10)
      await v.put('dev:/', doubling)
      const found = await problems('dev:/')
      expect(found['K2']).toBe('is longer than 65536 bytes with its references resolved')
      expect(found['K10']).toBe(
        'references ${K9}, which needs K2, which is longer than 65536 bytes with its references resolved',
      )
    })

    it('to __proto__, constructor and toString are like any other', async () => {
      await createSecrets(t.ctx, t.actor, {
        projectId,
        environment: 'dev',
        secretPath: '/',
        secrets: ['__proto__', 'constructor', 'toString'].map((key) => ({
          key,
          value: `of ${key}`,
          comment: '',
        })),
      })
      await v.put('dev:/', { A: '${__proto__} ${constructor} ${toString}' })
      const resolved = await resolveFolder(t.ctx, await v.folder('dev:/'))
      expect(resolved.get('A')?.value).toBe('of __proto__ of constructor of toString')
      expect(resolved.get('__proto__')?.value).toBe('of __proto__')
      await v.put('dev:/', { B: '${hasOwnProperty}' })
      expect(await problems('dev:/')).toEqual({ B: 'references ${hasOwnProperty}, which does not exist' })
    })
  })

  describe('sealed rows', () => {
    it('that were swapped or altered are found, all of them, and what references them', async () => {
      await v.put('dev:/', { A: 'a', B: 'b', C: 'c', D: 'd', REF: 'to ${A}' })
      const rows = await t.ctx.db.selectFrom('secrets').select(['id', 'key', 'value']).execute()
      const row = (key: string) => rows.find((candidate) => candidate.key === key) ?? expect.fail(key)
      const write = (key: string, value: string) =>
        t.ctx.db.updateTable('secrets').set({ value }).where('id', '=', row(key).id).execute()
      await write('A', row('B').value)
      await write('B', row('A').value)
      const { value } = row('C')
      const at = value.length >> 1
      await write('C', `${value.slice(0, at)}${value[at] === 'A' ? 'B' : 'A'}${value.slice(at + 1)}`)
      await expect(v.resolve('dev:/')).rejects.toThrow('changed outside Keyferry')
      await v.accept('dev:/')
      expect(await problems('dev:/')).toEqual({
        A: 'cannot be decrypted',
        B: 'cannot be decrypted',
        C: 'cannot be decrypted',
        REF: 'references ${A}, which cannot be decrypted',
      })
      expect(new Set(Object.values(await codes('dev:/')))).toEqual(new Set(['undecryptable']))
    })

    it('keep nobody else waiting who reads at the same time', async () => {
      const places = ['dev:/altered', 'dev:/fine', 'dev:/slow']
      for (const place of places) await v.put(place, { KEY: place })
      const ids = await Promise.all(places.map((place) => v.folder(place)))
      const [altered = '', fine = '', slow = ''] = ids
      await t.ctx.db.updateTable('secrets').set({ value: 'x' }).where('folderId', '=', altered).execute()
      const released = Promise.withResolvers<void>()
      const waiting = <T extends object>(builder: T): T =>
        new Proxy(builder, {
          get(target, name) {
            const value: unknown = Reflect.get(target, name, target)
            if (typeof value !== 'function') return value
            if (name === 'execute') return (work: unknown) => released.promise.then(() => value.call(target, work))
            return (...given: unknown[]) => waiting(value.apply(target, given))
          },
        })
      let transactions = 0
      const db = new Proxy(t.ctx.db, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name, target)
          if (typeof value !== 'function') return value
          // All of them together, then each alone, of which the last one waits.
          if (name === 'transaction')
            return () => (++transactions < 4 ? value.call(target) : waiting(value.call(target)))
          return value.bind(target)
        },
      })
      const read = (id: string) => resolveFolder({ ...t.ctx, db }, id)
      const [ofAltered, ofFine, ofSlow] = [read(altered).catch(({ code }) => code), read(fine), read(slow)]
      expect(await ofAltered).toBe('IntegrityFailure')
      expect([...(await ofFine).keys()]).toEqual(['KEY'])
      released.resolve()
      expect([...(await ofSlow).keys()]).toEqual(['KEY'])
      expect(transactions).toBe(4)
    })

    it('do not open as an older version of themselves', async () => {
      await v.put('dev:/', { A: 'old' })
      const { value } = await t.ctx.db.selectFrom('secrets').select('value').executeTakeFirstOrThrow()
      await v.put('dev:/', { A: 'new' })
      await t.ctx.db.updateTable('secrets').set({ value }).execute()
      await v.accept('dev:/')
      expect(await problems('dev:/')).toEqual({ A: 'cannot be decrypted' })
      await v.put('dev:/', { A: 'mended' })
      expect(await v.resolve('dev:/')).toEqual({ A: 'mended' })
    })
  })

  // In SQLite a second writer waits for the reader, so there is nothing to see in between.
  if (dialect === 'postgres')
    it('reads one state of the store, whatever is written meanwhile', async () => {
      await v.put('dev:/', { A: 'before' })
      await snapshot(t.ctx, async (tx) => {
        const versions = () => tx.selectFrom('secrets').select(['key', 'version']).execute()
        const before = await versions()
        await v.put('dev:/', { A: 'after', B: 'new' })
        expect(await versions()).toEqual(before)
      })
      expect(await v.resolve('dev:/')).toEqual({ A: 'after', B: 'new' })
    })

  it('says when the folder is gone', async () => {
    await expect(resolveFolder(t.ctx, randomUUID())).rejects.toMatchObject({ status: 404 })
  })

  it('takes ten thousand secrets and a thousand references', async () => {
    const values = Array.from(
      { length: 10_000 },
      (_, index) => [`K${index}`, index % 10 === 1 ? `\${K${index - 1}}!` : `v${index}`] as const,
    )
    for (let from = 0; from < values.length; from += 2000)
      await v.put('dev:/', Object.fromEntries(values.slice(from, from + 2000)))
    const resolved = await v.resolve('dev:/')
    expect(Object.keys(resolved)).toHaveLength(10_000)
    expect(resolved['K9991']).toBe('v9990!')
  })

  it('rows tell the console where each key comes from and what is wrong, without any value', async () => {
    await v.put('dev:/shared', { SHARED: 'canary-1', HIDDEN: 'canary-2' })
    await v.import('dev:/', 'dev:/shared')
    await v.put('dev:/', { HIDDEN: 'canary-3', BLANK: ' ', REF: 'canary-4 ${SHARED} ${NOPE}' })
    const { rows, folderId } = await listSecretRows(t.ctx, t.actor, { projectId, environment: 'dev', secretPath: '/' })
    expect(folderId).toBe(await v.folder('dev:/'))
    const own = { kind: 'own' }
    const common = {
      id: expect.any(String),
      version: 1,
      comment: '',
      metadata: [],
      tags: [],
      updatedAt: '2026-01-01T00:00:00.000Z',
      updatedBy: t.actor.name,
    }
    const fine = { references: [], problem: null, blank: false, isLiteral: false, ...common }
    expect(rows).toEqual([
      { key: 'BLANK', origin: own, ...fine, blank: true },
      { key: 'HIDDEN', origin: own, ...fine },
      {
        key: 'REF',
        origin: own,
        ...fine,
        references: ['${SHARED}', '${NOPE}'],
        problem: 'references ${NOPE}, which does not exist',
      },
      { key: 'SHARED', origin: { kind: 'import', environment: 'dev', secretPath: '/shared' }, ...fine },
    ])
    expect(JSON.stringify(rows)).not.toContain('canary')
  })
})
