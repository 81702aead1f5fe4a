/** The commands of docs/moving-from-infisical.md that need no provider, as printed, between two instances. */
import { execFile } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { newHome, startApi } from '@keyferry/server/testing-cli'
import { program } from '@keyferry/vitest/programs'
import { expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../../..')

it('does what the page says', async () => {
  const page = await readFile(join(ROOT, 'docs/moving-from-infisical.md'), 'utf8')
  const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block = '']) => block.split('\n'))
    .filter((line) => line !== '' && !line.startsWith('export '))
  expect(commands.length).toBeGreaterThan(3)

  const [source, target] = [await startApi(), await startApi()]
  const { id: projectId } = await source.client.projects.create.mutate({ name: 'Web shop', slug: 'web-shop' })
  const place = { projectId, environment: 'dev' }
  await source.client.secrets.create.mutate({ ...place, key: 'HOST', value: 'db.internal' })
  await source.client.secrets.create.mutate({ ...place, key: 'DSN', value: 'pg://${HOST}' })

  const { id: identityId } = await source.client.identities.create.mutate({ name: 'mover', role: 'admin' })
  const { clientId } = await source.client.universalAuth.attach.mutate({ identityId })
  const { clientSecret } = await source.client.universalAuth.createSecret.mutate({ identityId })

  const home = await newHome()
  const { file, NODE_COMPILE_CACHE } = await program('keyferry')
  await writeFile(join(home.dir, 'keyferry'), `#!/bin/sh\nexec "${process.execPath}" "${file}" "$@"\n`)
  await chmod(join(home.dir, 'keyferry'), 0o755)
  const env = {
    ...home.env,
    NODE_COMPILE_CACHE,
    PATH: `${home.dir}:${home.env['PATH']}`,
    KEYFERRY_URL: target.url,
    KEYFERRY_TOKEN: target.api.token,
    INFISICAL_URL: source.url,
    INFISICAL_TOKEN: source.api.token,
    INFISICAL_CLIENT_ID: clientId,
    INFISICAL_CLIENT_SECRET: clientSecret,
  }
  const outputs: string[] = []
  for (const command of commands) outputs.push((await promisify(execFile)('sh', ['-c', command], { env })).stdout)
  expect(JSON.parse(outputs.at(-1) ?? '')).toEqual({ HOST: 'db.internal', DSN: 'pg://db.internal' })
})
