/**
 * A vault as a target: one call per change. A set is a create or an update. Names in the bin are recovered and then
 * set, and deletes and recoveries take effect some seconds after their answer.
 */
import { randomUUID } from 'node:crypto'
import pLimit from 'p-limit'
import { applyEach } from '../shared/clients/apply-each.ts'
import { DestinationError } from '../destination-error.ts'
import type { Client, Observed, Report, Write } from '../destination.ts'
import {
  deleteSecret,
  getValue,
  listSecrets,
  nameOf,
  purgeSecret,
  recoverSecret,
  setSecret,
  type NewVersion,
  type Row,
  type Vault,
} from './api.ts'
import { azureKeyVaultLimits } from './limits.ts'

/** Calls in flight. */
const CONCURRENCY = 10

/** The tag with which we mark each version that we write: the list shows tags, and no version. */
const TAG = 'keyferry'
const MAX_TAGS = 15
/** The id of a version without our tag: somebody else's, or one whose tags left no room for it. */
const UNTAGGED = 'untagged'

/** Waits between tries while a name is on its way into the bin or out of it, about a minute in all. */
const SETTLING_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000]

export function azureKeyVaultClient(vault: Vault, { purges }: { purges: boolean }): Client {
  const seen = new Map<string, Row>()
  return {
    async list() {
      const rows = await listSecrets(vault)
      seen.clear()
      for (const row of rows) seen.set(keyOf(row), row)
      return rows.map(observed)
    },
    apply(changes, report) {
      vault.http.expect('set', changes.filter(({ action }) => action !== 'delete').length)
      return applyEach(
        changes,
        report,
        (change) =>
          change.action === 'delete' ? remove(vault, change.key, purges) : write({ vault, report, seen }, change),
        { concurrency: CONCURRENCY },
      )
    },
    async readValues(keys) {
      const limit = pLimit(CONCURRENCY)
      const read = async (key: string): Promise<[string, string][]> => {
        const value = await getValue(vault, key)
        return value === null ? [] : [[key, value]]
      }
      return new Map((await Promise.all(keys.map((key) => limit(() => read(key))))).flat())
    },
  }
}

const keyOf = (row: Row): string => azureKeyVaultLimits.storedName?.(nameOf(row)) ?? nameOf(row)

const observed = (row: Row): Observed => ({
  key: keyOf(row),
  remoteIds: [row.tags?.[TAG] ?? UNTAGGED],
  flags: {},
  revision: String(row.attributes.updated),
  ...(row.managed === true && { notManaged: 'the secret of a certificate' }),
  ...(!row.attributes.enabled && { otherType: 'a disabled secret' }),
})

async function write(
  work: { vault: Vault; report: Report; seen: ReadonlyMap<string, Row> },
  change: Write,
): Promise<readonly string[]> {
  const { vault, report, seen } = work
  const { id, ...version } = versionOf(change.value, seen.get(change.key))
  let isJournaled = false
  await untilSettled(vault, change.key, async () => {
    const obstacle = await setSecret(vault, change.key, version)
    if (obstacle !== 'in-bin') return obstacle === null
    // A recovery shows consumers the old value, until ours is set.
    if (!isJournaled) await report.replacing(change)
    isJournaled = true
    await recoverSecret(vault, change.key)
    return false
  })
  return [id]
}

/** A version that keeps tags, content type and times of the one before, which others may have set. */
function versionOf(value: string, before: Row | undefined): NewVersion & { id: string } {
  const { [TAG]: _, ...kept } = before?.tags ?? {}
  const hasRoom = Object.keys(kept).length < MAX_TAGS
  const id = hasRoom ? randomUUID().replaceAll('-', '') : UNTAGGED
  const { contentType, attributes: { nbf, exp } = {} } = before ?? {}
  return {
    id,
    value,
    tags: hasRoom ? { ...kept, [TAG]: id } : kept,
    contentType: contentType ?? undefined,
    attributes: { enabled: true, nbf: nbf ?? undefined, exp: exp ?? undefined },
  }
}

async function remove(vault: Vault, key: string, purges: boolean): Promise<readonly string[]> {
  const isInBin = await deleteSecret(vault, key)
  if (isInBin && purges) await untilSettled(vault, key, () => purgeSecret(vault, key))
  return []
}

/** Tries until `isDone` says so. Throws `unavailable` when that takes longer than Key Vault should need. */
async function untilSettled({ http }: Vault, key: string, isDone: () => Promise<boolean>): Promise<void> {
  for (const waitMs of SETTLING_MS) {
    if (await isDone()) return
    await http.wait(waitMs)
  }
  if (await isDone()) return
  throw new DestinationError(
    'unavailable',
    `Key Vault is still deleting or recovering "${key}"; the next run tries again`,
  )
}
