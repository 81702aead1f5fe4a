import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createKeyferryClient } from '@keyferry/client'
import { expect, it } from 'vitest'
import { environmentOf, signUp, startInstance } from '../../keyferry/test/instance.ts'
import { newHome } from './cli.ts'

it('backs up, rotates and verifies beside a serving instance, and restores a stopped one', async () => {
  const instance = await startInstance('embedded')
  const { client, account } = await signUp(instance)
  const home = await newHome(environmentOf(instance))
  const project = await client.projects.create.mutate({ projectName: 'Shop', slug: 'web-shop' })
  const secret = { projectId: project.id, environment: 'dev', secretName: 'A' }
  const value = async (): Promise<string> => (await client.secrets.get.query(secret)).secretValue
  await client.secrets.create.mutate({ ...secret, secretValue: 'before' })
  const admin = (...args: string[]) => home.keyferry(['admin', ...args])

  const backup = await admin('backup', 'copy.db', '--json')
  expect(backup).toMatchObject({ code: 0, stderr: '' })
  expect(JSON.parse(backup.stdout)).toEqual({
    file: join(home.dir, 'copy.db'),
    bytes: (await readFile(join(home.dir, 'copy.db'))).length,
  })
  expect((await admin('backup', 'copy.db')).stderr).toContain('exists already')
  await client.secrets.update.mutate({ ...secret, secretValue: 'after' })

  expect(await admin('rotate-data-key', '--project', 'web-shop')).toMatchObject({ code: 0, stderr: '' })
  expect(await value()).toBe('after')
  const verified = await admin('verify-audit')
  expect(verified).toMatchObject({ code: 0, stderr: '' })
  const [, head = ''] = /ends at (\S+)/.exec(verified.stdout) ?? []
  expect(await admin('verify-audit', '--expect', head)).toMatchObject({ code: 0 })
  expect(await admin('verify-audit', '--expect', '1:wrong')).toMatchObject({ code: 1 })

  expect((await admin('restore', 'copy.db', '--yes')).code).toBe(1)
  await instance.stop()
  expect(await admin('restore', 'copy.db')).toMatchObject({ code: 1, stdout: '' })
  expect(await admin('restore', 'copy.db', '--yes')).toMatchObject({ code: 0, stderr: '' })

  const before = await readFile(join(instance.dataDir, 'root.key'))
  expect(await admin('rotate-root-key')).toMatchObject({ code: 0, stderr: '' })
  expect((await readFile(join(instance.dataDir, 'root.key'))).equals(before)).toBe(false)
  await instance.restart()
  const restored = createKeyferryClient({ url: instance.url, token: account.token })
  expect((await restored.secrets.get.query(secret)).secretValue).toBe('before')
})
