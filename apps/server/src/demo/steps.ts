import { randomBytes } from 'node:crypto'
import type { KeyferryClient } from '@keyferry/client'
import type { Emulator } from '@keyferry/core/emulators'
import { compare } from './compare.ts'
import { settled } from './settled.ts'
import { createSync, type Source, type SyncRef } from './setup.ts'
import { table } from './table.ts'

export interface Vendor {
  /** The destination's name. */
  name: string
  emulator: Emulator
}

interface Target extends Vendor {
  sync: SyncRef
}

/** What was found, as text for a person. */
interface Walked {
  text: string
  /** Every destination has what it should. */
  right: boolean
}

const LIMIT_MS = 120_000

/** Creates one sync per provider, waits for their first runs and compares each destination with `values`. */
export async function firstSync(
  client: KeyferryClient,
  source: Source,
  vendors: readonly Vendor[],
  values: ReadonlyMap<string, string>,
): Promise<Walked & { targets: readonly Target[]; rejected: ReadonlySet<string> }> {
  const targets: Target[] = []
  for (const vendor of vendors)
    targets.push({ ...vendor, sync: await createSync(client, source, vendor.name, vendor.emulator) })
  const syncs = targets.map(({ sync }) => sync)
  await settled(client, source.projectId, syncs, LIMIT_MS)

  const rows: string[][] = []
  const notes: string[] = []
  const rejectedAnywhere = new Set<string>()
  let right = true
  for (const { name, emulator, sync } of targets) {
    const { lastRun, message } = await client.syncs.get.query(sync)
    const run = lastRun ? await client.syncs.run.query({ ...sync, runId: lastRun.id }) : null
    const { equal, rejected, wrong } = await compare(client, sync, values, emulator)
    const counts = [`${equal} of ${values.size}`, `${rejected.length}`, `${wrong.length}`, `${emulator.log.length}`]
    rows.push([name, ...counts, `${run?.durationMs ?? '?'} ms`])
    for (const { key, reason } of rejected) {
      rejectedAnywhere.add(key)
      notes.push(`${name} can’t store ${key}: ${reason}`)
    }
    for (const key of wrong) notes.push(`${name} differs in ${key}`)
    if (wrong.length > 0 && message) notes.push(`${name}: ${message}`)
    right &&= wrong.length === 0
  }
  const head = ['destination', 'equal to the file', "can't be stored", 'wrong', 'requests', 'first run']
  return {
    text: [table(head, rows), ...notes.map((note) => `  ${note}`)].join('\n'),
    right,
    targets,
    rejected: rejectedAnywhere,
  }
}

/** Changes one secret and measures how long it takes to reach every destination. */
export async function oneChange(
  client: KeyferryClient,
  source: Source,
  targets: readonly Target[],
  key: string,
): Promise<Walked> {
  const value = `changed-${randomBytes(8).toString('hex')}`
  const before = new Map(targets.map(({ name, emulator }) => [name, emulator.log.length]))
  const at = Date.now()
  await client.secrets.update.mutate({ ...source, key, value })
  const syncs = targets.map(({ sync }) => sync)
  await settled(client, source.projectId, syncs, LIMIT_MS)

  let right = true
  const rows: string[][] = []
  for (const { name, emulator, sync } of targets) {
    const requests = emulator.log.slice(before.get(name))
    const write = requests.findLast(({ method, path }) => emulator.isWrite?.(method, path) ?? method !== 'GET')
    const states = await client.syncs.keys.query(sync)
    const stored = states.find(({ sourceKey }) => sourceKey === key)?.key ?? key
    const there = emulator.contents().get(stored) === value
    right &&= there
    const bytes = requests.reduce((sum, request) => sum + request.bytes, 0)
    rows.push([name, there && write ? `${write.at - at} ms` : 'missing', `${requests.length}`, `${bytes}`])
  }
  return { text: table(['destination', 'delivered after', 'requests', 'bytes sent'], rows), right }
}
