/** The envelopes of Vault's answers (OpenBao's source of 2026-08-21). */
import { randomUUID } from 'node:crypto'
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

/** A 200 with the common envelope around `data`, or around `auth` for a login. */
export const ok = (data: unknown, more: Record<string, unknown> = {}): ServedAnswer => ({
  status: 200,
  headers: { 'cache-control': 'no-store' },
  body: envelope(data, more),
})

const envelope = (data: unknown, more: Record<string, unknown>): Record<string, unknown> => ({
  request_id: randomUUID(),
  lease_id: '',
  renewable: false,
  lease_duration: 0,
  data,
  wrap_info: null,
  warnings: null,
  auth: null,
  ...more,
})

export const noContent = (): ServedAnswer => ({ status: 204, headers: { 'cache-control': 'no-store' } })

export const refuse = (status: number, ...errors: string[]): ServedAnswer => ({ status, body: { errors } })

/** Nothing is stored at the path. `warnings` say what the caller may have meant. */
export const absent = (...warnings: string[]): ServedAnswer => ({
  status: 404,
  body: warnings.length === 0 ? { errors: [] } : envelope(null, { warnings }),
})

/** A soft-deleted or destroyed version: 404, and the body has the version that check-and-set needs. */
export const deleted = (metadata: Record<string, unknown>): ServedAnswer => ({
  status: 404,
  body: envelope({ data: null, metadata }, {}),
})

export const noHandler = (path: string): ServedAnswer =>
  refuse(404, `no handler for route "${path}". route entry not found.`)

export const unsupported = (): ServedAnswer => refuse(405, '1 error occurred:\n\t* unsupported operation\n\n')
