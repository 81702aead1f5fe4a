/** How answers show a secret (api-version 7.0 to 2026-04-01, 2026-11-28). */
import { currentVersion, type Secret, type Version } from './secrets.ts'

/** How deletes work in this vault: into the bin for 90 days, or at once in one from before 2020. */
export interface Recovery {
  recoveryLevel: string
  recoverableDays: number
}

/** A row of the list: no value, and no version in its id. */
export const shownInList = (secret: Secret, origin: string, recovery: Recovery): Record<string, unknown> => {
  const version = currentVersion(secret)
  return { id: `${origin}/secrets/${secret.name}`, ...properties(secret, version, recovery) }
}

export const shownVersion = (
  secret: Secret,
  version: Version,
  origin: string,
  recovery: Recovery,
): Record<string, unknown> => ({
  id: `${origin}/secrets/${secret.name}/${version.id}`,
  ...properties(secret, version, recovery),
})

export const shownBundle = (
  secret: Secret,
  version: Version,
  origin: string,
  recovery: Recovery,
): Record<string, unknown> => ({ value: version.value, ...shownVersion(secret, version, origin, recovery) })

export const shownDeleted = (secret: Secret, origin: string, recovery: Recovery): Record<string, unknown> => ({
  ...shownVersion(secret, currentVersion(secret), origin, recovery),
  ...(recovery.recoverableDays > 0 && {
    recoveryId: `${origin}/deletedsecrets/${secret.name}`,
    deletedDate: secret.deletedAt,
    scheduledPurgeDate: secret.deletedAt + recovery.recoverableDays * 86_400,
  }),
})

function properties({ isManaged }: Secret, version: Version, recovery: Recovery): Record<string, unknown> {
  const { contentType, tags, isEnabled, created, updated, notBefore, expires } = version
  return {
    ...(contentType !== undefined && { contentType }),
    attributes: {
      enabled: isEnabled,
      created,
      updated,
      ...(notBefore !== undefined && { nbf: notBefore }),
      ...(expires !== undefined && { exp: expires }),
      ...recovery,
    },
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(isManaged && { managed: true }),
  }
}
