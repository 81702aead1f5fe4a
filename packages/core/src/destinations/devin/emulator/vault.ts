/** The secrets of the emulated organization. */
import { randomBytes } from 'node:crypto'

export interface Kept {
  secret_id: string
  key: string | null
  value: string
  secret_type: string
  access_type: string
  note: string | null
  is_sensitive: boolean
  created_by: string
  created_at: number
  /** Place in the listing. */
  sequence: number
}

export interface Vault {
  add(secret: Pick<Kept, 'key' | 'value'> & Partial<Kept>): Kept
  /** In the order they were made. */
  all(): Kept[]
  /** The first `size` after the one numbered `after`, and whether there are more. */
  page(after: number, size: number): { secrets: Kept[]; more: boolean }
  delete(secretId: string): Kept | undefined
  clear(): void
}

export function vault(): Vault {
  const kept = new Map<string, Kept>()
  let sequence = 0
  return {
    add(given) {
      sequence += 1
      const secret: Kept = {
        secret_id: `secret-${randomBytes(16).toString('hex')}`,
        secret_type: 'key-value',
        access_type: 'org',
        note: null,
        is_sensitive: true,
        created_by: 'service-user-emulated',
        created_at: Math.floor(Date.now() / 1000),
        ...given,
        sequence,
      }
      kept.set(secret.secret_id, secret)
      return secret
    },
    all: () => [...kept.values()],
    page(after, size) {
      const rest = [...kept.values()].filter((secret) => secret.sequence > after)
      return { secrets: rest.slice(0, size), more: rest.length > size }
    },
    delete(secretId) {
      const secret = kept.get(secretId)
      kept.delete(secretId)
      return secret
    },
    clear: () => kept.clear(),
  }
}

/** A secret as every answer shows it: without its value. */
export const shown = ({ value: _value, sequence: _sequence, ...secret }: Kept): Record<string, unknown> => ({
  ...secret,
  updated_by: null,
  updated_at: null,
})
