/** The root key wraps one data key per project and one for the instance's connections; only wrapped keys are stored. */
import { randomBytes } from 'node:crypto'
import { dataKey, type DataKey } from './data-key.ts'

export interface Keyring {
  /** A new data key for `owner` (a project or organization id), wrapped for storage. */
  create(owner: string): string
  /** Unwraps; opened keys are kept in memory. Throws `SealBroken` under another root key or for another owner. */
  open(owner: string, wrapped: string): DataKey
}

/** `rootKey`: 32 bytes. */
export function keyring(rootKey: Buffer): Keyring {
  const root = dataKey(rootKey)
  const opened = new Map<string, DataKey>()
  return {
    create: (owner) => root.seal(randomBytes(32).toString('base64'), 'data key', owner),
    open(owner, wrapped) {
      const id = `${owner} ${wrapped}`
      const known = opened.get(id)
      if (known) return known
      const key = dataKey(Buffer.from(root.open(wrapped, 'data key', owner), 'base64'))
      opened.set(id, key)
      return key
    },
  }
}
