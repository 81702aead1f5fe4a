/**
 * `pnpm dev`: everything that a contributor needs, with reload. Starts an emulator of each vendor, the API and worker
 * in one process, and the console by Vite. An example project has a sync to each vendor. The data last as long as this
 * process.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { emulators } from '@keyferry/core/emulators'
import { readEnv, runProcess } from '@keyferry/runtime'
import { bootstrap, clientOf, createSource, createSync } from '../demo/setup.ts'
import { startKeyferry } from '../start.ts'

const apps = join(import.meta.dirname, '..', '..', '..')

await runProcess(async () => {
  const vendors = await Promise.all(
    [...(await emulators())].map(async ([name, start]) => ({ name, emulator: await start() })),
  )
  const dataDir = await mkdtemp(join(tmpdir(), 'keyferry-dev-'))
  const settings = {
    LOG_LEVEL: 'warn',
    ...process.env,
    KEYFERRY_DATA_DIR: dataDir,
    KEYFERRY_ALLOW_PRIVATE_NETWORK: '127.0.0.0/8',
  }
  const clear = async (): Promise<void> => {
    await Promise.all(vendors.map(({ emulator }) => emulator.close()))
    await rm(dataDir, { recursive: true, force: true })
  }

  // Set up here, so that what is watched below can start as often as it likes.
  const url = await setUp(settings, vendors).catch(async (error: unknown) => {
    await clear()
    throw error
  })
  for (const { name, emulator } of vendors) console.log(`${name} is emulated at ${emulator.url}`)
  const children = [
    startNode(['--watch', '--watch-preserve-output', join(import.meta.dirname, '..', 'main.ts')], settings),
    startNode([join('node_modules', 'vite', 'bin', 'vite.js'), '--clearScreen', 'false'], {
      ...process.env,
      KEYFERRY_URL: url,
    }),
  ]
  return {
    async stop() {
      await Promise.all(children.map((stopChild) => stopChild()))
      await clear()
    },
  }
})

type Vendors = readonly { name: string; emulator: Parameters<typeof createSync>[3] }[]

/** Creates account, project and syncs on the empty data directory. Returns the address to serve at. */
async function setUp(settings: NodeJS.ProcessEnv, vendors: Vendors): Promise<string> {
  console.log('Creating the example project, with a sync to an emulator of each provider')
  const running = await startKeyferry(readEnv(settings))
  try {
    const account = await bootstrap(running.url)
    const client = clientOf(running.url, account)
    const example = await readFile(join(import.meta.dirname, '..', 'demo', 'example.env'), 'utf8')
    const { source } = await createSource(client, example)
    for (const { name, emulator } of vendors) await createSync(client, source, name, emulator)
    console.log(`Sign in with ${account.email} and ${account.password}`)
    return running.url
  } finally {
    await running.stop()
  }
}

/** Runs Node in the console's folder. Returns what ends it. */
function startNode(args: readonly string[], env: NodeJS.ProcessEnv): () => Promise<void> {
  const child = spawn(process.execPath, args, { cwd: join(apps, 'web'), env, stdio: ['ignore', 'inherit', 'inherit'] })
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
}
