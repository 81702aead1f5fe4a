import { sql, type Kysely } from 'kysely'

/**
 * What an instance has lived through is read through indexes that end where the question does: the newest version of a
 * key, the runs of a sync in one state, the expired tokens of an identity, the deletions of a folder, the notices of a
 * target that were tried. Those that they replace led to the whole history of the key, the sync, the identity and the
 * target.
 */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createIndex('secret_versions_key')
    .on('secret_versions')
    .columns(['folder_id', 'key', 'version'])
    .execute()
  await schema.dropIndex('secret_versions_folder').execute()
  await schema.createIndex('runs_state').on('runs').columns(['sync_id', 'state', 'started_at']).execute()
  await schema.dropIndex('runs_running').execute()
  await schema.createIndex('access_tokens_expired').on('access_tokens').columns(['identity_id', 'expires_at']).execute()
  await schema.dropIndex('access_tokens_identity').execute()
  // The console asks for it, and most of the log is about something else.
  await schema
    .createIndex('audit_root_key_backup')
    .on('audit')
    .column('seq')
    .where(sql.ref('action'), '=', sql.lit('instance.root-key-backup'))
    .execute()
  await schema.createIndex('trash_folder').on('trash').columns(['folder_id', 'kind', 'deleted_at']).execute()
  await schema.createIndex('notices_tried').on('notices').columns(['target_id', 'attempts']).execute()
  await schema.dropIndex('notices_target_id').execute()
}
