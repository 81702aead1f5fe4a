/**
 * `pnpm demo [file.env] [--exit]`: the product without an account at any provider. Every destination's emulator, the
 * whole app, one sync from the file to each, and one change.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { emulators } from '@keyferry/core/emulators'
import { StartupError, readEnv, runProcess } from '@keyferry/runtime'
import { decodeUtf8 } from '@keyferry/schemas'
import { startKeyferry } from '../start.ts'
import { bootstrap, clientOf, createSource, expectedValues } from './setup.ts'
import { firstSync, oneChange } from './steps.ts'

function readArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { exit: { type: 'boolean', default: false } } })
  } catch (error) {
    throw new StartupError(`${error instanceof Error ? error.message : String(error)}
Usage: pnpm demo [file.env] [--exit]`)
  }
}

await runProcess(async () => {
  const { values: options, positionals } = readArguments()
  const file = positionals[0] ?? join(import.meta.dirname, 'example.env')
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new StartupError(`${file} cannot be read: ${String(error)}`)
  })
  const dotenv = decodeUtf8(bytes)
  if (dotenv === null) throw new StartupError(`${file} is not text in UTF-8.`)
  const kept = process.env.KEYFERRY_DATA_DIR
  const dataDir = kept ?? (await mkdtemp(join(tmpdir(), 'keyferry-demo-')))
  const env = readEnv({
    LOG_LEVEL: 'warn',
    ...process.env,
    KEYFERRY_DATA_DIR: dataDir,
    KEYFERRY_ALLOW_PRIVATE_NETWORK: '127.0.0.0/8',
  })

  const vendors = await Promise.all(
    [...(await emulators())].map(async ([name, start]) => ({ name, emulator: await start() })),
  )
  const clear = async (): Promise<void> => {
    await Promise.all(vendors.map(({ emulator }) => emulator.close()))
    if (kept === undefined) await rm(dataDir, { recursive: true, force: true })
  }
  const running = await startKeyferry(env).catch(async (error: unknown) => {
    await clear()
    throw error
  })
  const stop = async (): Promise<void> => {
    await running.stop()
    await clear()
  }
  if (!running.setup) {
    await stop()
    throw new StartupError(`${dataDir} already contains an instance; the demo needs an empty directory.`)
  }

  const account = await bootstrap(running.url)
  console.log(`Keyferry serves on ${running.url}`)
  console.log(`Sign in with ${account.email} and ${account.password}\n`)
  const client = clientOf(running.url, account)
  const { source, refused, lines } = await createSource(client, dotenv)
  for (const { key, reason } of refused) console.log(`The vault refuses ${key}: ${reason}`)
  for (const { key, notes } of lines) for (const { message } of notes) console.log(`${key} ${message}`)
  const values = await expectedValues(client, source).catch(async (error: unknown) => {
    await stop()
    throw new StartupError(`The file can't be delivered. ${error instanceof Error ? error.message : String(error)}`)
  })
  console.log(`${values.size} secrets of ${file} imported. First sync to each of ${vendors.length} destinations:\n`)

  const first = await firstSync(client, source, vendors, values)
  console.log(first.text)
  let { right } = first

  const key = [...values.keys()].find((each) => !first.rejected.has(each))
  if (key !== undefined) {
    const change = await oneChange(client, source, first.targets, key)
    console.log(`\nOne secret changed (${key}):\n\n${change.text}`)
    right &&= change.right
  }
  console.log(
    right ? '\nEvery destination is in sync with the file.' : '\nThe destinations are NOT in sync with the file.',
  )
  if (options.exit) {
    await stop()
    process.exit(right ? 0 : 1)
  }
  console.log(`\nKeyferry (${running.url}) and the emulated providers keep running until Ctrl-C.`)
  return { stop }
})
