import { resolve } from 'node:path'
import { webhookUrl, type AuditStream } from '@keyferry/core/process'
import { Invalid, type Network } from '@keyferry/kernel'
import { standardOutput } from './log/standard-output.ts'
import { StartupError } from './startup-error.ts'
import type { Env } from './settings/env.ts'

/** Where copies of the audit log go. Throws `StartupError` for a webhook that Keyferry does not call. */
export function auditStreamsOf(env: Env, network: Network): AuditStream[] {
  const { AUDIT_STREAM_URL: url, AUDIT_STREAM_SECRET: key, AUDIT_STREAM_FILE: path, AUDIT_STREAM_STDOUT } = env
  return [
    ...(url !== undefined && key !== undefined ? [{ kind: 'webhook' as const, url: checked(url, network), key }] : []),
    ...(path === undefined ? [] : [{ kind: 'file' as const, path: resolve(path) }]),
    ...(AUDIT_STREAM_STDOUT ? [{ kind: 'stdout' as const, print: standardOutput().print }] : []),
  ]
}

function checked(url: string, network: Network): string {
  try {
    return webhookUrl(network, url).href
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    throw new StartupError(`AUDIT_STREAM_URL: ${error.issues.map(({ message }) => message).join('; ')}`, error)
  }
}
