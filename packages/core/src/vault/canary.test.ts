/** No plaintext outside the vault: not in a table, not in an error, not in an event. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { createTestProject, testContext } from '../testing.ts'
import { pasteDotenv } from './dotenv.ts'
import { listSecretRows } from './rows.ts'
import { createSecret, deleteSecret, listSecrets, updateSecret } from './secrets.ts'

const CANARY = 'canary-5d0c7b'

onEveryDatabase('canary', (open) => {
  it('is found nowhere after every kind of write, nor in what is said of them', async () => {
    const t = await testContext(open)
    const project = await createTestProject(t.ctx, t.actor)
    const where = { projectId: project.id, environment: 'dev', secretPath: '/' }
    const type = 'shared' as const
    const said: string[] = []
    const refused = async (work: Promise<unknown>) => {
      const [outcome] = await Promise.allSettled([work])
      expect(outcome.status).toBe('rejected')
      if (outcome.status === 'rejected') said.push(String(outcome.reason), JSON.stringify(outcome.reason))
    }

    const text = (name: string) => `${CANARY}-${name}`
    await createSecret(t.ctx, t.actor, {
      ...where,
      secretName: 'A',
      secretValue: text('one'),
      secretComment: text('comment'),
      type,
    })
    await updateSecret(t.ctx, t.actor, { ...where, secretName: 'A', secretValue: text('two'), type })
    await updateSecret(t.ctx, t.actor, { ...where, secretName: 'A', newSecretName: 'B', type })
    await deleteSecret(t.ctx, t.actor, { ...where, secretName: 'B', type })
    const pasted = await pasteDotenv(t.ctx, t.actor, {
      ...where,
      dryRun: false,
      content: `P=${text('pasted')}\nREF="${text('ref')} \${NOPE}"\n${text('stray')}\n`,
    })
    said.push(JSON.stringify(pasted))
    await refused(
      createSecret(t.ctx, t.actor, { ...where, secretName: 'P', secretValue: text('again'), secretComment: '', type }),
    )
    await refused(
      createSecret(t.ctx, t.actor, {
        ...where,
        secretName: 'Q',
        secretValue: `${text('half')}\ud800`,
        secretComment: '',
        type,
      }),
    )
    const view = { recursive: false, include_imports: true, expandSecretReferences: true, viewSecretValue: true }
    await refused(listSecrets(t.ctx, t.actor, { ...where, ...view }))
    said.push(JSON.stringify(await listSecrets(t.ctx, t.actor, { ...where, ...view, viewSecretValue: false })))
    said.push(JSON.stringify(await listSecretRows(t.ctx, t.actor, where)))
    said.push(JSON.stringify(t.events))

    const tables = await t.ctx.db.introspection.getTables()
    expect(tables.map((table) => table.name)).toContain('secret_versions')
    let rows = 0
    for (const table of tables) {
      const { rows: found } = await sql`select * from ${sql.table(table.name)}`.execute(t.ctx.db)
      rows += found.length
      expect(JSON.stringify(found), table.name).not.toContain(CANARY)
    }
    expect(rows).toBeGreaterThan(20)
    expect(said.join('\n')).not.toContain(CANARY)
    await t.close()
  })
})
