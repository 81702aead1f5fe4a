/** Somebody who writes to the database and lacks the root key has nothing read, sent, deleted or restored by it. */
import { randomUUID } from 'node:crypto'
import { completeDeletions, runSync } from '@keyferry/core'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { dueSyncs } from '@keyferry/core/process'
import type { SealedTable } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { NOTES } from '@keyferry/kernel'
import { sql, type RawBuilder } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { storedRows } from './stored-rows.ts'
import { machine } from './request-matrix/machine.ts'
import { seedFixtures } from './request-matrix/seed-fixtures.ts'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

/** A person without rights of their own. */
const bob = { id: randomUUID() }

onEveryDatabase('folders, syncs and the trash of a store that somebody else writes to', (open) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
    projectId = (await newProject(api)).id
  })
  afterAll(() => api.close())

  const { run, noticed, listed, edited, upgradeFrom } = storedRows(() => api)

  it('answers nothing from a place that was moved, and names the row', async () => {
    const { identityId, token } = await machine(api, 'of dev')
    const member = await api.send('POST', `/api/v1/projects/${projectId}/identity-memberships/${identityId}`, {
      role: 'developer',
      scopes: [{ environment: 'dev' }],
    })
    expect(member.status).toBe(200)
    const folder = async (environment: string, name: string) => {
      const made = await api.send('POST', '/api/v2/folders', { projectId, environment, name, path: '/' })
      return made.body.folder.id as string
    }
    const [safe, open] = [await folder('prod', 'safe'), await folder('dev', 'open')]
    const environments = await api.ctx.db
      .selectFrom('environments')
      .where('projectId', '=', projectId)
      .selectAll()
      .execute()
    const idOf = (slug: string) => environments.find((environment) => environment.slug === slug)?.id ?? ''
    const imported = await api.send('POST', '/api/v2/secret-imports', {
      projectId,
      environment: 'dev',
      path: '/open',
      import: { environment: 'dev', path: '/' },
    })
    expect(imported.status).toBe(200)
    const importId = imported.body.secretImport.id
    const read = (secretPath: string, how = '') =>
      api.send(
        'GET',
        `/api/v4/secrets?projectId=${projectId}&environment=dev&secretPath=${secretPath}${how}`,
        undefined,
        {
          token,
        },
      )
    const refused = async (table: SealedTable, row: string, answer: ReturnType<typeof read>) => {
      const { status, body } = await answer
      expect([status, body.error]).toEqual([503, 'IntegrityFailure'])
      expect(body.message).toContain(`The row ${row} of ${table} was changed outside Keyferry`)
      expect(body.message).toContain('Restore a backup')
      await noticed(table, row)
      expect(await listed(table)).toEqual([row])
    }
    const there = sql`environment_id = ${idOf('dev')}, path = '/mine'`
    await edited('folders', sql`id = ${safe}`, there, () => refused('folders', safe, read('/mine')))
    await edited('environments', sql`id = ${idOf('staging')}`, sql`slug = 'mine'`, async () => {
      const renamed = api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=mine&secretPath=/`)
      await refused('environments', idOf('staging'), renamed)
    })
    await edited('imports', sql`id = ${importId}`, sql`source_folder_id = ${safe}`, () =>
      refused('imports', importId, read('/open', '&include_imports=true')),
    )
    await edited('projects', sql`id = ${projectId}`, sql`slug = 'mine'`, () =>
      refused('projects', projectId, api.send('GET', '/api/v1/projects/slug/mine')),
    )
    expect((await read('/open', '&include_imports=true')).status).toBe(200)
    expect(open).not.toBe(safe)
  })

  it('deletes nothing for a person who did not ask for it, or may not ask for it any more', async () => {
    const vendor = await startEmulator()
    const { identityId, token } = await machine(api, 'leaver')
    const leaver = { id: identityId, kind: 'identity', role: 'admin', scopes: null } as const
    const made = await seedFixtures(api, vendor, [leaver], { environment: 'dev', path: '/app' })
    const where = { projectId: String(made.get('projectId')), environment: 'dev' }
    const appId = async () => {
      const { body } = await api.send('GET', `/api/v2/folders?projectId=${where.projectId}&environment=dev&path=/`)
      return body.folders.find(({ name }: { name: string }) => name === 'app')?.id
    }
    const logged = async (action: string) =>
      api.ctx.db
        .selectFrom('audit')
        .where('action', '=', action)
        .where('projectId', '=', where.projectId)
        .selectAll()
        .execute()
    // No sync reads it.
    const subId = String(made.get('folderId'))
    const id = randomUUID()
    const alice = JSON.stringify({ kind: 'user', id: bob.id, name: 'alice@example.com', address: '203.0.113.9' })
    const system = JSON.stringify({ kind: 'system', id: 'system', name: 'system' })
    for (const [forged, actor] of [
      [id, alice],
      [randomUUID(), system],
    ] as const) {
      await run(sql`insert into deletions (id, project_id, kind, subject_id, actor, created_at, seal)
        values (${forged}, ${where.projectId}, 'folder', ${subId}, ${actor}, '2026', 'forged')`)
      await completeDeletions(api.ctx)
      await noticed('deletions', forged)
      await run(sql`delete from deletions where id = ${forged}`)
    }
    expect((await api.send('GET', `/api/v2/folders/${subId}`)).status).toBe(200)
    expect(await logged('folder.delete')).toEqual([])

    // One that blocks the deletion that is really requested.
    await run(sql`insert into deletions (id, project_id, kind, subject_id, actor, created_at, seal)
      values (${randomUUID()}, ${where.projectId}, 'folder', ${await appId()}, ${alice}, '2026', 'forged')`)
    const asked = await api.send(
      'DELETE',
      `/api/v2/folders/${await appId()}`,
      { ...where, path: '/', syncs: 'remove-secrets' },
      { token },
    )
    expect(asked.body.folder.pending).toContain('Deleted once')
    const left = `/api/v1/projects/${where.projectId}/identity-memberships/${identityId}`
    expect((await api.send('DELETE', left)).status).toBe(200)
    await runSync(api.ctx, String(made.get('syncId')), new AbortController().signal)
    expect([await appId(), await logged('folder.delete')]).toEqual([expect.any(String), []])
    const [given] = await logged('folder.delete-given-up')
    expect(JSON.parse(given?.details ?? '{}')).toMatchObject({ because: 'leaver may no longer delete it' })
    const pending = await api.send('GET', `/api/v1/projects/${where.projectId}/pending-deletions`)
    expect(pending.body.deletions).toEqual([])
    await vendor.close()
  })

  it('deletes nothing at a place that no sync was moved away from', async () => {
    const vendor = await startEmulator()
    vendor.put('FOREIGN_KEY', 'theirs')
    const made = await seedFixtures(api, vendor, [{ ...bob, kind: 'user', role: 'viewer', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const syncId = String(made.get('syncId'))
    const connectionId = String(made.get('connectionId'))
    const id = randomUUID()
    await forgeWritten(syncId, 'there')
    await run(sql`insert into departures (id, sync_id, connection_id, target, target_key, revision, message, attempts, created_at, seal)
      values (${id}, ${syncId}, ${connectionId}, ${JSON.stringify(vendor.target)}, 'there', 0, '', 0, '2026', 'forged')`)
    while ((await runSync(api.ctx, syncId, new AbortController().signal)).again) continue
    await noticed('departures', id)
    expect(vendor.contents().get('FOREIGN_KEY')).toBe('theirs')
    await run(sql`delete from departures where id = ${id}`)
    await vendor.close()
  })

  /** A row as if the sync had written FOREIGN_KEY, with a mark that another key has. */
  const forgeWritten = (syncId: string, targetKey: string, mark = '') =>
    run(sql`insert into ledger (sync_id, target_key, key, source_key, remote_ids, digest, flags, written_at, mark)
      values (${syncId}, ${targetKey}, 'FOREIGN_KEY', '', '[]', '', '{}', '2026', ${mark})`)

  it('deletes no key at a target that its sync did not write', async () => {
    const vendor = await startEmulator()
    vendor.put('FOREIGN_KEY', 'theirs')
    const made = await seedFixtures(api, vendor, [{ ...bob, kind: 'user', role: 'viewer', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const syncId = String(made.get('syncId'))
    const trigger = () => api.send('POST', `/api/v1/secret-syncs/trigger-dev/${syncId}/sync-secrets`)
    const carryOut = async () => {
      expect((await trigger()).status).toBe(200)
      while ((await runSync(api.ctx, syncId, new AbortController().signal)).again) continue
    }
    await carryOut()
    const [ours] = await api.ctx.db.selectFrom('ledger').where('syncId', '=', syncId).selectAll().execute()
    expect(vendor.contents().has(ours?.key ?? '')).toBe(true)
    await forgeWritten(syncId, ours?.targetKey ?? '', ours?.mark)
    await carryOut()
    await noticed('ledger', `${syncId} FOREIGN_KEY`)
    expect(await listed('ledger')).toContain(`${syncId} FOREIGN_KEY`)
    expect(vendor.contents().get('FOREIGN_KEY')).toBe('theirs')
    const removed = await api.send('POST', `/api/v1/secret-syncs/trigger-dev/${syncId}/remove-secrets`)
    expect(removed.status).toBe(200)
    while ((await runSync(api.ctx, syncId, new AbortController().signal)).again) continue
    expect([vendor.contents().has(ours?.key ?? ''), vendor.contents().get('FOREIGN_KEY')]).toEqual([false, 'theirs'])
    await vendor.close()
  })

  it('believes rows of an earlier version once, when they get their marks', async () => {
    const vendor = await startEmulator()
    const made = await seedFixtures(api, vendor, [{ ...bob, kind: 'user', role: 'viewer', scopes: null }], {
      environment: 'dev',
      path: '/',
    })
    const at = { projectId: String(made.get('projectId')), environment: 'dev' }
    const syncId = String(made.get('syncId'))
    const carryOut = async (what: 'sync' | 'remove') => {
      await api.send('POST', `/api/v1/secret-syncs/trigger-dev/${syncId}/${what}-secrets`)
      while ((await runSync(api.ctx, syncId, new AbortController().signal)).again) continue
    }
    await carryOut('sync')
    const [ours] = vendor.contents().keys()
    const trash = `/api/v1/trash?projectId=${at.projectId}&environment=dev`
    const restored = async () => {
      const [item] = (await api.send('GET', trash)).body.trash
      return (await api.send('POST', `/api/v1/trash/${item.id}/restore`, at)).status
    }
    const upgrade = async (notes: readonly string[]) => {
      await run(sql`update ledger set mark = ''`)
      await run(sql`update trash_rows set mark = ''`)
      await upgradeFrom(notes)
    }
    const { body } = await api.send('DELETE', '/api/v4/secrets/KEY', { ...at, secretPath: '/' })
    expect(body.secret.secretKey).toBe('KEY')
    await upgrade(NOTES)
    expect(await restored()).toBe(503)
    await carryOut('remove')
    expect([...vendor.contents().keys()]).toEqual([ours])
    await upgrade(NOTES.filter((note) => note !== 'row marks'))
    await carryOut('remove')
    expect([...vendor.contents().keys()]).toEqual([])
    expect(await restored()).toBe(200)
    await vendor.close()
  })

  it('restores nothing from the trash but what was deleted, where it was deleted', async () => {
    const at = { projectId, environment: 'dev' }
    const secret = (method: 'POST' | 'DELETE', name: string, body: object = {}) =>
      api.send(method, `/api/v4/secrets/${name}`, { ...at, ...body })
    const folder = (name: string, path = '/') => api.send('POST', '/api/v2/folders', { ...at, name, path })
    const trash = async () => (await api.send('GET', `/api/v1/trash?projectId=${projectId}&environment=dev`)).body.trash
    const restore = (id: string) => api.send('POST', `/api/v1/trash/${id}/restore`, at)
    await folder('kept')
    await folder('inside', '/kept')
    await secret('POST', 'INSIDE', { secretPath: '/kept/inside', secretValue: 'v' })
    const { body } = await api.send('GET', `/api/v2/folders?projectId=${projectId}&environment=dev&path=/`)
    const { id: keptId } = body.folders.find(({ name }: { name: string }) => name === 'kept')
    expect((await api.send('DELETE', `/api/v2/folders/${keptId}`, { ...at, path: '/' })).status).toBe(200)
    const [item] = await trash()
    const rows = sql`trash_id = ${item.id}`

    const forged = randomUUID()
    // Put in by hand, its rows taken from one that is whole.
    await run(sql`insert into trash (id, project_id, environment_id, kind, folder_id, subject_id, path, name, secrets, deleted_at, deleted_by, expires_at)
      select ${forged}, project_id, environment_id, kind, folder_id, subject_id, path, 'forged', secrets, deleted_at, deleted_by, expires_at from trash where id = ${item.id}`)
    await run(sql`insert into trash_rows (trash_id, position, kind, content, mark)
      select ${forged}, position, kind, content, mark from trash_rows where ${rows}`)
    expect((await trash()).map(({ name }: { name: string }) => name)).toEqual(['kept'])
    expect((await restore(forged)).status).toBe(404)
    await noticed('trash', forged)
    await run(sql`delete from trash where id = ${forged}`)

    const refused = async (change: RawBuilder<unknown>) => {
      const before = (await run(sql`select * from trash_rows where ${rows}`)).rows as Record<string, unknown>[]
      await run(change)
      const answer = await restore(item.id)
      expect([answer.status, answer.body.error]).toEqual([503, 'IntegrityFailure'])
      expect(answer.body.message).toContain(`The row ${item.id} of trashRows was changed outside Keyferry`)
      expect(await listed('trashRows')).toEqual([item.id])
      await run(sql`delete from trash_rows where ${rows}`)
      for (const row of before)
        await run(sql`insert into trash_rows (trash_id, position, kind, content, mark)
          values (${row['trash_id']}, ${row['position']}, ${row['kind']}, ${row['content']}, ${row['mark']})`)
    }
    await refused(sql`update trash_rows set content = replace(content, 'INSIDE', 'OTHER') where ${rows}`)
    await refused(
      sql`update trash_rows set content = replace(content, 'inside', 'elsewhere') where ${rows} and kind = 'folder'`,
    )
    await refused(sql`update trash_rows set kind = 'version' where ${rows} and kind = 'secret'`)
    await refused(sql`delete from trash_rows where ${rows} and kind = 'version'`)
    await refused(sql`delete from trash_rows where ${rows} and kind = 'secret'`)
    await refused(sql`delete from trash_rows where ${rows}`)
    await refused(sql`insert into trash_rows (trash_id, position, kind, content, mark)
      select trash_id, 99, 'import', content, mark from trash_rows where ${rows} and position = 0`)
    await noticed('trashRows', item.id)
    expect(await listed('trashRows')).toEqual([])
    expect((await restore(item.id)).status).toBe(200)
    const values = await api.send(
      'GET',
      `/api/v4/secrets?projectId=${projectId}&environment=dev&secretPath=/kept/inside`,
    )
    expect(values.body.secrets).toMatchObject([{ secretKey: 'INSIDE', secretValue: 'v' }])
  })

  it('pauses and resumes no sync', async () => {
    const where = `/api/v1/projects/${projectId}`
    const pauses = async () => {
      const { status, body } = await api.send('GET', `${where}/pauses`)
      return [status, body.error ?? body.pauses.map(({ scope, why }: { scope: string; why: string }) => [scope, why])]
    }
    const stored = async () => {
      const { rows } = await run(sql`select value, seal from instance_settings where name = 'pauses'`)
      return rows[0] as { value: string; seal: string }
    }
    const put = ({ value, seal }: { value: string; seal: string }) =>
      run(sql`update instance_settings set value = ${value}, seal = ${seal} where name = 'pauses'`)
    const before = await stored()
    expect((await api.send('POST', `${where}/pause-syncs`, { reason: 'release 12' })).status).toBe(200)
    const paused = await stored()
    expect(await pauses()).toEqual([200, [['project', 'release 12']]])
    // Edited, put back to before the pause, and taken out.
    for (const row of [{ ...paused, value: '{}' }, before]) {
      await put(row)
      expect(await pauses()).toEqual([503, 'IntegrityFailure'])
      await expect(dueSyncs(api.ctx)).rejects.toThrow('The row pauses of instanceSettings')
    }
    await run(sql`delete from instance_settings where name = 'pauses'`)
    expect(await pauses()).toEqual([503, 'IntegrityFailure'])
    await run(sql`insert into instance_settings (name, value, seal) values ('pauses', ${paused.value}, ${paused.seal})`)
    expect(await pauses()).toEqual([200, [['project', 'release 12']]])
    expect((await api.send('POST', `${where}/resume-syncs`, {})).status).toBe(200)
    await put(paused)
    expect(await pauses()).toEqual([503, 'IntegrityFailure'])

    // Those of a store from before they were a setting are taken over by the first start, once.
    await run(sql`delete from instance_settings where name = 'pauses'`)
    if (api.ctx.db.dialect === 'postgres') await run(sql`alter table pauses drop constraint pauses_are_a_setting`)
    await run(sql`insert into pauses (subject, project_id, why, paused_by, created_at)
      values (${projectId}, ${projectId}, 'earlier', 'ada', ${api.ctx.now().toISOString()})`)
    await upgradeFrom(NOTES)
    expect(await pauses()).toEqual([503, 'IntegrityFailure'])
    await upgradeFrom(NOTES.filter((note) => note !== 'pauses as a setting'))
    expect(await pauses()).toEqual([200, [['project', 'earlier']]])
    expect((await api.send('POST', `${where}/resume-syncs`, {})).status).toBe(200)
    await upgradeFrom(NOTES)
    expect(await pauses()).toEqual([200, []])
  })
})
