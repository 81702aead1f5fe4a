import { createHash, randomBytes } from 'node:crypto'
import { contentOf, keptQuery, type Slot } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { keyring, NOTES } from '@keyferry/kernel'
import { openAuthority, readSetting } from '@keyferry/kernel/authority'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { isInstanceAdmin } from './grants.ts'

const AT = '2026-01-01T00:00:00.000Z'

onEveryDatabase('a store from before rows were sealed', (open) => {
  it('is sealed once; seals that are taken off later make it no old store again', async () => {
    const { db, close } = await open()
    const ring = keyring(randomBytes(32))
    const row = { id: 'o', name: 'Acme', slug: 'acme', dataKey: ring.create('o'), auditMark: null, createdAt: AT }
    await db.insertInto('organizations').values(row).execute()
    await db.insertInto('instanceAdmins').values({ principalId: 'ada', createdAt: AT }).execute()
    const token = 'a link from before'
    const hash = createHash('sha256').update(token).digest('base64url')
    await sql`insert into invitations (id, email, instance_admin, token_hash, expires_at, created_at, created_by)
      values ('i', 'bob@example.com', 0, ${hash}, '2099', ${AT}, 'ada')`.execute(db)
    const started = () => openAuthority({ db, keyring: ring })

    const first = await started()
    expect(await readSetting(first.db, 'sign-in-policy')).toBe('{}')
    expect(await isInstanceAdmin(first.db, 'ada')).toBe(true)
    const invitation = (by: string) =>
      first.db.selectFrom('invitations').where('tokenHash', '=', by).select('id').executeTakeFirst()
    expect(await invitation(first.authority.hashToken(token))).toEqual({ id: 'i' })
    expect(await invitation(hash)).toBeUndefined()
    expect(await isInstanceAdmin((await started()).db, 'ada')).toBe(true)

    await sql`update instance_admins set seal = null`.execute(db)
    await db.insertInto('instanceAdmins').values({ principalId: 'eve', createdAt: AT }).execute()
    await db.deleteFrom('instanceSettings').execute()
    const again = await started()
    await expect(readSetting(again.db, 'sign-in-policy')).rejects.toThrow('was deleted outside Keyferry')
    expect(await isInstanceAdmin(again.db, 'eve')).toBe(false)
    expect(await isInstanceAdmin(again.db, 'ada')).toBe(false)

    await db.deleteFrom('instanceKeys').where('owner', '=', 'authority').execute()
    await expect(started()).rejects.toThrow('is missing. Restore a backup')
    await sql`insert into projects (id, name, slug, data_key, created_at, updated_at) values ('p', 'P', 'p', '', ${AT}, ${AT})`.execute(
      db,
    )
    await db.deleteFrom('organizations').execute()
    await expect(started()).rejects.toThrow('The organization of this store is missing')
    await close()
  })

  it('has tables sealed that were not before, and rows again whose seals covered other columns, if those are right', async () => {
    const { db, close } = await open()
    const ring = keyring(randomBytes(32))
    const row = { id: 'o', name: 'Acme', slug: 'acme', dataKey: ring.create('o'), auditMark: null, createdAt: AT }
    await db.insertInto('organizations').values(row).execute()
    const started = () => openAuthority({ db, keyring: ring })
    const first = await started()
    for (const principalId of ['ada', 'eve'])
      await first.db.insertInto('instanceAdmins').values({ principalId, createdAt: AT }).execute()
    const project = { id: 'p', name: 'P', slug: 'p', description: null, dataKey: '', createdAt: AT, updatedAt: AT }
    await first.db.insertInto('projects').values(project).execute()

    const { dataKey } = await db.selectFrom('organizations').select('dataKey').executeTakeFirstOrThrow()
    const earlier = ['instanceAdmins:principalId', ...NOTES.filter((note) => !/^(projects|instanceAdmins):/.test(note))]
    await db
      .updateTable('organizations')
      .set({ dataKey: ring.withNotes('o', dataKey, earlier) })
      .execute()
    await sql`update projects set seal = null`.execute(db)
    const content = contentOf('instanceAdmins', { principalId: 'ada' }, ['principalId'])
    await sql`update instance_admins set seal = ${first.authority.seal('instanceAdmins', content)}`.execute(db)

    const again = await started()
    expect(await isInstanceAdmin(again.db, 'ada')).toBe(true)
    expect(await isInstanceAdmin(again.db, 'eve')).toBe(false)
    expect(await again.db.selectFrom('projects').select('slug').execute()).toEqual([{ slug: 'p' }])
    await sql`update projects set seal = null`.execute(db)
    const last = await started()
    await expect(last.db.selectFrom('projects').select('slug').execute()).rejects.toThrow('The row p of projects')
    await close()
  })

  it('keeps no statement that changes sealed rows: their seals depend on its values', async () => {
    const { db: store, close } = await open()
    const ring = keyring(randomBytes(32))
    const organization = {
      id: 'o',
      name: 'Acme',
      slug: 'acme',
      dataKey: ring.create('o'),
      auditMark: null,
      createdAt: AT,
    }
    await store.insertInto('organizations').values(organization).execute()
    const { db } = await openAuthority({ db: store, keyring: ring })
    await db.insertInto('instanceAdmins').values({ principalId: 'ada', createdAt: AT }).execute()
    type Admin = Slot<{ id: string }>
    const statements = [
      keptQuery((on, slot: Admin) => on.deleteFrom('instanceAdmins').where('principalId', '=', slot('id'))),
      keptQuery((on, slot: Admin) =>
        on.insertInto('instanceAdmins').values({ principalId: slot('id'), createdAt: AT }),
      ),
    ]
    for (const statement of statements) await expect(statement(db, { id: 'ada' })).rejects.toThrow('sealed')
    expect(await isInstanceAdmin(db, 'ada')).toBe(true)
    await close()
  })
})
