import { HIDDEN_VALUE, type secret } from '@keyferry/schemas'
import type { z } from 'zod'
import type { Metadata, SecretRow } from '../tree/tree.ts'

export type Secret = z.output<typeof secret>

/** A secret as the API shows it. `value` null: hidden. */
export function describeSecret(
  where: { projectId: string; environment: string; path: string },
  row: SecretRow,
  texts: { value: string | null; comment: string; metadata: Metadata },
  tags: Secret['tags'] = [],
): Secret {
  return {
    id: row.id,
    _id: row.id,
    workspace: where.projectId,
    environment: where.environment,
    version: row.version,
    type: 'shared',
    secretKey: row.key,
    secretValue: texts.value ?? HIDDEN_VALUE,
    secretValueHidden: texts.value === null,
    secretComment: texts.comment,
    secretPath: where.path,
    skipMultilineEncoding: row.skipMultilineEncoding === 1,
    isLiteral: row.isLiteral === 1,
    secretReminderNote: null,
    secretReminderRepeatDays: null,
    secretMetadata: texts.metadata,
    tags,
    isRotatedSecret: false,
    rotationId: null,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  }
}
