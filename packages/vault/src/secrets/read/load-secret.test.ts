import { onEveryDatabase } from '@keyferry/db/testing'
import { IntegrityBroken } from '@keyferry/kernel'
import { testContext, type TestContext } from '@keyferry/kernel/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestProject } from '../../testing.ts'
import { createSecrets, getSecret, updateSecret } from '../secrets.ts'

onEveryDatabase('one secret of a large folder', (open) => {
  let t: TestContext
  let place: { projectId: string; environment: string; secretPath: string }

  beforeEach(async () => {
    t = await testContext(open)
    const project = await createTestProject(t.ctx, t.actor)
    place = { projectId: project.id, environment: 'dev', secretPath: '/' }
    const plain = Array.from({ length: 600 }, (_, i) => ({ key: `KEY_${i}`, value: `${i}`, comment: '' }))
    const referring = { key: 'REFERRING', value: '<${KEY_1}>', comment: '' }
    await createSecrets(t.ctx, t.actor, { ...place, secrets: [...plain, referring] })
  })
  afterEach(() => t.close())

  const get = async (key: string, expandReferences = true) => {
    const view = { expandReferences, includeImports: true, showValues: true }
    return (await getSecret(t.ctx, t.actor, { ...place, ...view, key })).value
  }
  const set = (key: string, value: string) => updateSecret(t.ctx, t.actor, { ...place, key, value })
  const stored = (key: string) =>
    t.ctx.db.selectFrom('secrets').where('key', '=', key).select(['value', 'version']).executeTakeFirstOrThrow()
  const remove = (key: string) => t.ctx.db.deleteFrom('secrets').where('key', '=', key).execute()

  it('is what was written last', async () => {
    expect([await get('KEY_1'), await get('KEY_1'), await get('KEY_2')]).toEqual(['1', '1', '2'])
    expect([await get('REFERRING'), await get('REFERRING', false)]).toEqual(['<1>', '<${KEY_1}>'])
    await set('KEY_1', 'new')
    expect([await get('KEY_1'), await get('KEY_1'), await get('REFERRING')]).toEqual(['new', 'new', '<new>'])
    await expect(get('MISSING')).rejects.toThrow('not found')
  })

  it('is read without the others, and refused when it is not as it was written', async () => {
    const before = await stored('KEY_1')
    await set('KEY_1', 'new')
    expect(await get('KEY_1')).toBe('new')
    await remove('KEY_2')
    expect([await get('KEY_1'), await get('KEY_3')]).toEqual(['new', '3'])
    await expect(get('KEY_2')).rejects.toThrow(IntegrityBroken)
    await t.ctx.db.updateTable('secrets').set(before).where('key', '=', 'KEY_1').execute()
    await expect(get('KEY_1')).rejects.toThrow(IntegrityBroken)
  })

  it('is refused when the folder is put back to what it was', async () => {
    const { secretsHead } = await t.ctx.db
      .selectFrom('folders')
      .where('secretsHead', 'is not', null)
      .select('secretsHead')
      .executeTakeFirstOrThrow()
    const before = await stored('KEY_1')
    expect(await get('KEY_1')).toBe('1')
    await set('KEY_1', 'new')
    await t.ctx.db.updateTable('secrets').set(before).where('key', '=', 'KEY_1').execute()
    await t.ctx.db.updateTable('folders').set({ secretsHead }).where('secretsHead', 'is not', null).execute()
    await expect(get('KEY_1')).rejects.toThrow(IntegrityBroken)
  })
})
