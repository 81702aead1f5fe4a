/**
 * `pnpm demo [file.env] [--exit]`: the product without an account at any vendor. Every destination's emulator, the whole app, one sync
 * from the file to each, and one change.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { emulators } from '@keyferry/core/destinations/emulators'
import { readDotenv } from '@keyferry/core/vault/dotenv'
import { CannotStart, readEnv, runProcess } from '@keyferry/instance'
import { startKeyferry } from '../start.ts'
import { compare } from './compare.ts'
import { bootstrap, clientOf, createSource, createSync } from './setup.ts'
import { settled } from './settled.ts'
import { table } from './table.ts'

const { values: options, positionals } = parseArgs({ allowPositionals: true, options: { exit: { type: 'boolean', default: false } } })
const LIMIT_MS = 120_000

await runProcess(async () => {
  const file = positionals[0] ?? join(import.meta.dirname, 'example.env')
  const dotenv = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CannotStart(`${file} cannot be read: ${String(error)}`)
  })
  const kept = process.env.KEYFERRY_DATA_DIR
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), 'keyferry-demo-')))
  const env = readEnv({ LOG_LEVEL: 'warn', ...process.env, KEYFERRY_DATA_DIR: dataDir, KEYFERRY_ALLOW_PRIVATE_NETWORK: 'true' })

  const vendors = await Promise.all([...(await emulators())].map(async ([name, start]) => ({ name, emulator: await start() })))
  const running = await startKeyferry(env)
  const stop = async (): Promise<void> => {
    await running.stop()
    await Promise.all(vendors.map(({ emulator }) => emulator.close()))
    if (kept === undefined) await rm(dataDir, { recursive: true, force: true })
  }
  if (running.initialized) {
    await stop()
    throw new CannotStart(`${dataDir} already holds an instance; the demo needs an empty directory.`)
  }

  const account = await bootstrap(running.url)
  console.log(`Keyferry serves on ${running.url}`)
  console.log(`Sign in with ${account.email} and ${account.password}\n`)
  const client = clientOf(running.url, account)
  const { source, refused } = await createSource(client, dotenv)
  for (const { key, reason } of refused) console.log(`The vault refuses ${key}: ${reason}`)
  const values = readDotenv(dotenv).entries
  console.log(`${values.size} secrets of ${file} are in the vault. First sync to ${vendors.map(({ name }) => name).join(' and ')}:\n`)

  const targets = []
  for (const { name, emulator } of vendors) {
    const before = emulator.log.length
    targets.push({ name, emulator, before, sync: await createSync(client, source, name, emulator) })
  }
  const syncs = targets.map(({ sync }) => sync)
  await settled(client, source.projectId, syncs, LIMIT_MS)

  let failed = false
  const rows = []
  const notes: string[] = []
  const rejectedKeys = new Set<string>()
  for (const { name, emulator, sync, before } of targets) {
    const { lastRun, lastSyncMessage } = await client.syncs.get.query(sync)
    const run = lastRun ? await client.syncs.run.query({ ...sync, runId: lastRun.id }) : null
    const { equal, rejected, wrong } = await compare(client, sync, values, emulator)
    failed ||= wrong.length > 0
    rows.push([name, `${equal} of ${values.size}`, `${rejected.length}`, `${wrong.length}`, `${emulator.log.length - before}`, `${run?.durationMs ?? '?'} ms`])
    for (const { key, reason } of rejected) {
      rejectedKeys.add(key)
      notes.push(`${name} cannot hold ${key}: ${reason}`)
    }
    for (const key of wrong) notes.push(`${name} differs in ${key}${lastSyncMessage ? ` (${lastSyncMessage})` : ''}`)
  }
  console.log(table(['target', 'equal to the file', 'cannot be held', 'wrong', 'requests', 'first run'], rows))
  for (const note of notes) console.log(`  ${note}`)

  const changed = [...values.keys()].find((key) => !rejectedKeys.has(key))
  if (changed !== undefined) {
    const value = `changed-${randomBytes(8).toString('hex')}`
    values.set(changed, value)
    const counts = targets.map(({ emulator }) => emulator.log.length)
    const at = Date.now()
    await client.secrets.update.mutate({ ...source, secretName: changed, secretValue: value })
    await settled(client, source.projectId, syncs, LIMIT_MS)
    console.log(`\nOne secret changed (${changed}):\n`)
    const changes = targets.map(({ name, emulator }, i) => {
      const requests = emulator.log.slice(counts[i])
      const write = requests.findLast(({ method }) => method !== 'GET')
      const there = emulator.contents().get(changed) === value
      failed ||= !there
      return [name, there ? `${(write?.at ?? at) - at} ms` : 'no', `${requests.length}`, `${requests.reduce((sum, { bytes }) => sum + bytes, 0)}`]
    })
    console.log(table(['target', 'there after', 'requests', 'bytes sent'], changes))
  }

  console.log(failed ? '\nThe targets are NOT equal to the file.' : '\nEvery target is equal to the file.')
  if (options.exit) {
    await stop()
    process.exit(failed ? 1 : 0)
  }
  console.log(`\nKeyferry (${running.url}) and the emulated vendors keep running until Ctrl-C.`)
  return { stop }
})
