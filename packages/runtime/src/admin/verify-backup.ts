import { resolve } from 'node:path'
import { BadRequest, checkBackup, readBackupSeal, readDumpSeal, DecryptionError, requireFile } from '@keyferry/kernel'
import { StartupError } from '../startup-error.ts'
import type { Env } from '../settings/env.ts'
import { givenKeys } from '../open.ts'
import { openRootKey } from '../keys/root-key.ts'

/**
 * Checks that a backup, or a dump with its signature beside it, is as it was written. It needs the root key of that
 * time and no store. Throws `StartupError` when there is no signature, it was changed, or the root key is another one.
 */
export async function verifyBackup(env: Env, file: string): Promise<void> {
  requireFile(file)
  const seal = readBackupSeal(file) ?? readDumpSeal(file)
  if (!seal)
    throw new StartupError(`${file} is not signed: there is no ${file}.seal, and it does not end with a signature.`)
  const stored = { owner: 'backup', wrapped: seal.key }
  const keyring = openRootKey(resolve(env.KEYFERRY_DATA_DIR), givenKeys(env), stored, { make: false })
  try {
    await checkBackup(keyring, file, seal)
  } catch (error) {
    if (!(error instanceof BadRequest || error instanceof DecryptionError)) throw error
    throw new StartupError(`${file} was changed after it was written. Restore another backup.`, error)
  }
}
