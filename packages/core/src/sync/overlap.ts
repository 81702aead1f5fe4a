/** Two syncs may share a target only while their keys cannot meet. */
import type { Tx } from '../context.ts'
import { BadRequest } from '../errors.ts'
import { keySchema, schemasMeet, type KeySchema } from './key-schema.ts'
import { readLedger } from './ledger.ts'
import type { StoredOptions } from './options.ts'
import type { SyncSpec } from './target.ts'

/**
 * Throws `BadRequest` naming the other sync: when both could make the same names and one of them mirrors (it would delete the
 * other's keys), or when the source already holds a key that the other sync wrote. Later meetings are refused key by key at
 * run time.
 */
export async function refuseOverlap(tx: Tx, spec: SyncSpec): Promise<void> {
  const others = await tx
    .selectFrom('syncs')
    .where('targetKey', '=', spec.targetKey)
    .$if(spec.id !== null, (query) => query.where('id', '!=', spec.id))
    .select(['id', 'name', 'options', 'folderId'])
    .execute()
  if (others.length === 0) return
  const options: StoredOptions = JSON.parse(spec.options)
  const schema = await schemaOf(tx, options, spec.folderId)
  const secrets = await tx.selectFrom('secrets').where('folderId', '=', spec.folderId).select('key').execute()
  const names = secrets.map((secret) => schema.name(secret.key))

  for (const other of others) {
    const theirs: StoredOptions = JSON.parse(other.options)
    const mirrors = options.deletionPolicy === 'mirror' || theirs.deletionPolicy === 'mirror'
    if (mirrors && schemasMeet(schema, await schemaOf(tx, theirs, other.folderId))) {
      throw new BadRequest(
        `The sync "${other.name}" already writes to this target, and one of the two would delete the other's keys. ` +
          'Give each its own key schema, such as A_{{secretKey}}, or use the deletion policy "owned" or "none" for both.',
      )
    }
    const written = await readLedger(tx, other.id)
    const shared = names.find((name) => written.has(name))
    if (shared !== undefined) {
      throw new BadRequest(`The sync "${other.name}" already writes ${shared} to this target. Give one of the two another key schema.`)
    }
  }
}

async function schemaOf(tx: Tx, options: StoredOptions, folderId: string): Promise<KeySchema> {
  const environment = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', '=', folderId)
    .select('environments.slug')
    .executeTakeFirstOrThrow()
  return keySchema(options.keySchema, environment.slug)
}
