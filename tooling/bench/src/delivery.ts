/**
 * From the start of a write over HTTP to the value at the target: the whole product in one process, started as `start`
 * does it, and the vendor, without latency, in this one. Then bursts of edits, one sent as soon as the one before is
 * answered: how many requests they cost.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createKeyferryClient } from '@keyferry/client'
import { representatives } from '@keyferry/core/emulators'
import { bootstrapped } from '@keyferry/schemas'
import { message } from './authority-http.ts'
import { PRODUCT_FLAGS } from './product-flags.ts'
import { ms, percentile, printTable } from './table.ts'

const SAMPLES = 200
const SECRETS = 50
const BURSTS = 10
const EDITS = 10
/** No run comes later than this after the last one. */
const QUIET_MS = 1_000

export async function measureDelivery(): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  const keyferry = fork(join(import.meta.dirname, 'server-process.ts'), [dir], { execArgv: PRODUCT_FLAGS })
  const url = String(await message(keyferry))
  const bootstrap = await fetch(`${url}/api/v1/admin/bootstrap`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'bench@example.com', password: 'bench-bench-bench', organization: 'Bench' }),
  })
  const { identity } = bootstrapped.parse(await bootstrap.json())
  const client = createKeyferryClient({ url, token: identity.credentials.token })
  const rows = []
  const bursts = []
  for (const [destination, start] of await representatives()) {
    const emulator = await start()
    const project = await client.projects.create.mutate({ name: `Bench ${destination}` })
    const place = { projectId: project.id, environment: 'dev', secretPath: '/' }
    const secrets = Array.from({ length: SECRETS }, (_, i) => ({ key: `KEY_${i}`, value: `value-${i}` }))
    await client.secrets.createMany.mutate({ ...place, secrets })
    const connection = await client.connections.create.mutate({
      destination,
      name: destination,
      credentials: emulator.credentials,
    })
    await client.syncs.create.mutate({
      ...place,
      destination,
      name: destination,
      connectionId: connection.id,
      options: {},
      target: emulator.target,
    })
    while (emulator.contents().size < SECRETS) await pause(5)
    const took: number[] = []
    for (let i = 0; i < SAMPLES; i++) {
      const value = `changed-${i}`
      const began = performance.now()
      await client.secrets.update.mutate({ ...place, key: 'KEY_7', value })
      while (emulator.contents().get('KEY_7') !== value) await pause(1)
      took.push(performance.now() - began)
    }
    rows.push({
      destination,
      changes: `${SAMPLES} of ${SECRETS} secrets`,
      'p50 ms': ms(percentile(took, 50)),
      'p99 ms': ms(percentile(took, 99)),
      'max ms': ms(Math.max(...took)),
    })
    const requests: number[] = []
    const lasted: number[] = []
    for (let burst = 0; burst < BURSTS; burst++) {
      await pause(QUIET_MS)
      const before = emulator.log.length
      for (let edit = 0; edit < EDITS; edit++)
        await client.secrets.update.mutate({ ...place, key: `KEY_${edit}`, value: `burst-${burst}-${edit}` })
      const answered = performance.now()
      const isThere = (_: unknown, edit: number) => emulator.contents().get(`KEY_${edit}`) === `burst-${burst}-${edit}`
      while (!Array.from({ length: EDITS }, isThere).every(Boolean)) await pause(1)
      lasted.push(performance.now() - answered)
      await pause(QUIET_MS)
      requests.push(emulator.log.length - before)
    }
    bursts.push({
      destination,
      'requests, median': percentile(requests, 50),
      'requests, most': Math.max(...requests),
      'last delivered, p50 ms': ms(percentile(lasted, 50)),
      'p99 ms': ms(percentile(lasted, 99)),
    })
    await emulator.close()
  }
  printTable('Change to delivery, embedded, vendor at 0 ms: from sending the write to the value at the target', rows)
  printTable(
    `${BURSTS} bursts of ${EDITS} edits: requests at the vendor, and from the last answer to the last value there`,
    bursts,
  )
  keyferry.disconnect()
  await once(keyferry, 'exit')
  await rm(dir, { recursive: true, force: true })
}
