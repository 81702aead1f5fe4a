import type { secret } from '@keyferry/schemas'
import type { z } from 'zod'
import type { Metadata, SecretRow } from '../../tree/tree.ts'

export type Secret = z.output<typeof secret>

/** A stored secret as procedures answer it. `value` null: hidden. */
export function describeSecret(
  where: { projectId: string; environment: string; path: string },
  row: SecretRow,
  texts: { value: string | null; comment: string; metadata: Metadata },
  tags: Secret['tags'] = [],
): Secret {
  return {
    id: row.id,
    projectId: where.projectId,
    environment: where.environment,
    secretPath: where.path,
    key: row.key,
    value: texts.value,
    version: row.version,
    comment: texts.comment,
    metadata: texts.metadata,
    skipMultilineEncoding: row.skipMultilineEncoding === 1,
    isLiteral: row.isLiteral === 1,
    tags,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}
