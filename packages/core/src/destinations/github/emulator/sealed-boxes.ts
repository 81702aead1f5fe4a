/** The key pairs that secrets are sealed for, and the opening of what was sealed (libsodium's `crypto_box_seal`). */
import sodium from 'libsodium-wrappers'

export interface SealingKey {
  id: string
  /** 32 bytes in base64. */
  publicKey: string
  privateKey: Uint8Array
}

let made = 0

/** libsodium has to be ready, which `sodiumReady` waits for. */
export function generateSealingKey(): SealingKey {
  const pair = sodium.crypto_box_keypair()
  made += 1
  return {
    id: String(3_380_204_578_043_523_000 + made * 512),
    publicKey: Buffer.from(pair.publicKey).toString('base64'),
    privateKey: pair.privateKey,
  }
}

export const sodiumReady = (): Promise<void> => sodium.ready

/** The sealed text, or null when it was sealed for another key or not at all. */
export function openBox(sealed: string, key: SealingKey): string | null {
  try {
    const opened = sodium.crypto_box_seal_open(
      Buffer.from(sealed, 'base64'),
      Buffer.from(key.publicKey, 'base64'),
      key.privateKey,
    )
    return Buffer.from(opened).toString('utf8')
  } catch {
    return null
  }
}
