import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openInstance, readEnv } from '@keyferry/instance'
import { SYSTEM } from '@keyferry/core/context'
import { createProject } from '@keyferry/core/vault/projects'
import { createSecret } from '@keyferry/core/vault/secrets'
import { expect, it } from 'vitest'
import { admin } from '../src/admin.ts'

it('operator commands work on a store that is being served', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-operator-'))
  const env = readEnv({ LOG_LEVEL: 'silent', KEYFERRY_DATA_DIR: dir })
  const instance = await openInstance(env, { makeKey: true })
  try {
    const { ctx } = instance
    const id = crypto.randomUUID()
    const organization = { id, name: 'Acme', slug: 'acme', dataKey: ctx.keyring.create(id), createdAt: '2026-01-01' }
    await ctx.db.insertInto('organizations').values(organization).execute()
    const { id: projectId } = await createProject(ctx, SYSTEM, {
      projectName: 'Shop',
      slug: 'the-shop',
      shouldCreateDefaultEnvs: true,
    })
    const place = { projectId, environment: 'dev', secretPath: '/', type: 'shared' as const, secretComment: '' }
    await createSecret(ctx, SYSTEM, { ...place, secretName: 'A', secretValue: 'a' })
    const passphrase = 'correct horse battery'

    expect(await admin(env, ['rotate-root-key'])).toMatchObject({
      ok: true,
      text: expect.stringContaining('wrapped with the new root key'),
    })
    expect(await admin(env, ['rotate-data-key', 'the-shop'])).toMatchObject({
      ok: true,
      text: expect.stringContaining('sealed with the new key'),
    })
    expect(await admin(env, ['backup', join(dir, 'copy.db')])).toMatchObject({ ok: true })
    expect(await admin(env, ['export-project', 'the-shop', join(dir, 'shop')], passphrase)).toMatchObject({
      text: expect.stringContaining('1 secrets'),
    })
    await expect(admin(env, ['import-project', join(dir, 'shop')], passphrase)).rejects.toThrow('is there already')
    await expect(admin(env, ['export-project', 'the-shop', join(dir, 'other')])).rejects.toThrow('KEYFERRY_PASSPHRASE')
    const verified = await admin(env, ['verify-audit'])
    expect(verified.ok).toBe(true)
    const head = /\d+:\S+$/.exec(verified.text)?.[0] ?? ''
    expect((await admin(env, ['verify-audit', head])).ok).toBe(true)
    await ctx.db.deleteFrom('audit').where('seq', '=', 2).execute()
    expect(await admin(env, ['verify-audit'])).toMatchObject({
      ok: false,
      text: expect.stringContaining('Row 2 was removed'),
    })
    for (const wrong of [[], ['backup'], ['nonsense'], ['verify-audit', 'x']])
      expect((await admin(env, wrong)).ok).toBe(false)
    await expect(admin(env, ['restore', join(dir, 'copy.db')])).rejects.toThrow('is in use')
    await expect(admin(env, ['rotate-data-key', 'none'])).rejects.toThrow('no project')
  } finally {
    await instance.close()
    await rm(dir, { recursive: true, force: true })
  }
})
