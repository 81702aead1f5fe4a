/** How answers show secrets and versions: by the project's number, whatever the request called it (2026-11-28). */
import type { Secret, Version } from './secrets.ts'

/** `prefix`: `projects/{number}`, or that and `/locations/{location}`. */
export const shownSecret = (secret: Secret, prefix: string): Record<string, unknown> => ({
  name: `${prefix}/secrets/${secret.id}`,
  createTime: secret.createTime,
  ...secret.settings,
  etag: secret.etag,
})

export const nameOfVersion = (secret: Secret, version: Version, prefix: string): string =>
  `${prefix}/secrets/${secret.id}/versions/${version.number}`

export function shownVersion(secret: Secret, version: Version, prefix: string): Record<string, unknown> {
  const { createTime, destroyTime, scheduledDestroyTime, state, etag, hasChecksum } = version
  return {
    name: nameOfVersion(secret, version, prefix),
    createTime,
    ...(destroyTime !== undefined && { destroyTime }),
    ...(scheduledDestroyTime !== undefined && { scheduledDestroyTime }),
    state,
    replicationStatus: { automatic: {} },
    etag,
    ...(hasChecksum && { clientSpecifiedPayloadChecksum: true }),
  }
}
