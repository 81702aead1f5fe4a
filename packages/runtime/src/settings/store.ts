/** Where the data are, what they are sealed with, and how long they are kept. */
import { DEFAULT_LIMITS } from '@keyferry/kernel'
import { z } from 'zod'
import { days, flag, postgresUrl, rootKey, whole } from './formats.ts'
import { setting } from './setting.ts'

export const store = {
  KEYFERRY_DATA_DIR: setting(z.string().default('./data'), 'store, queue and root key; one process at a time'),
  DATABASE_URL: setting(postgresUrl.optional(), '`postgres://…` for a fleet', { unset: 'SQLite', secret: 'file' }),
  KEYFERRY_ROOT_KEY: setting(rootKey.optional(), '32 bytes in base64; wraps every other key', {
    unset: '`root.key` in the data directory',
    secret: 'command',
  }),
  KEYFERRY_ROOT_KEY_NEXT: setting(
    rootKey.optional(),
    'the key that `keyferry admin rotate-root-key` changes to ([keys and backups](keys-and-backups.md))',
    { secret: 'command' },
  ),
  KEYFERRY_CREATE_ROOT_KEY: setting(
    flag.default(true),
    '`false`: without a root key, the first start refuses instead of making one, as it always does with `DATABASE_URL`',
  ),
  KEYFERRY_HISTORY_DAYS: setting(days.default(90), 'age at which runs are deleted, except the last run of each sync'),
  KEYFERRY_MAX_SECRET_VERSIONS: setting(
    whole(1).default(DEFAULT_LIMITS.project.versions),
    'versions kept per secret; the oldest are removed, except those that a kept run needs to be restored',
  ),
}
