/** Secrets are sealed for a public key of the place before they are sent: libsodium's `crypto_box_seal`. */
import sodium from 'libsodium-wrappers'
import { type GithubApi, readPublicKey } from './api.ts'

export interface Sealing {
  /** Reads the key ahead of the first value. */
  prepare(): void
  /** The members of a request that carry the value. */
  seal(value: string): Promise<{ encrypted_value: string; key_id: string }>
  /** Reads the key again, once, when it may be outdated. True: there is another one. */
  renew(): Promise<boolean>
  /** The key could not be read, so that nothing can be written. */
  failed(): boolean
}

type Key = Awaited<ReturnType<typeof readPublicKey>>

/** Reads the key once for all values. */
export function createSealing(api: GithubApi): Sealing {
  let reading: Promise<Key> | undefined
  let renewing: Promise<boolean> | undefined
  let hasFailed = false
  const read = (): Promise<Key> => {
    const key = readPublicKey(api)
    key.catch(() => (hasFailed = true))
    return key
  }
  const renew = async (before: Promise<Key>): Promise<boolean> => {
    const [old, fresh] = await Promise.all([before, read()])
    reading = Promise.resolve(fresh)
    return fresh.id !== old.id
  }
  const current = (): Promise<Key> => (reading ??= read())
  return {
    prepare: () => void current(),
    async seal(value) {
      const { id, key } = await current()
      await sodium.ready
      const sealed = sodium.crypto_box_seal(value, Buffer.from(key, 'base64'))
      return { encrypted_value: Buffer.from(sealed).toString('base64'), key_id: id }
    },
    renew() {
      renewing ??= renew(current())
      return renewing
    },
    failed: () => hasFailed,
  }
}
