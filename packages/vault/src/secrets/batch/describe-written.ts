import type { Spend } from '@keyferry/kernel'
import { describeSecret, type Secret } from '../read/describe-secret.ts'
import type { Target } from '../write/folder-for-writing.ts'
import { shownValue, type Opened } from '../write/next-secret.ts'

/** A secret of the folder as the answer to its writer shows it. */
export const describeWritten = (
  { projectId, environment, folder }: Target,
  { row, ...texts }: Opened,
  tags?: Secret['tags'],
): Secret =>
  describeSecret(
    { projectId, environment: environment.slug, path: folder.path },
    row,
    { ...texts, value: texts.value === null ? null : shownValue(row, texts.value) },
    tags,
  )

/**
 * `secret`, which becomes part of the answer. Throws `TooLarge` for more than one answer may have: after the commit it
 * would be refused, too, and the caller would not know that the change was made.
 */
export function spent(secret: Secret, spend: Spend): Secret {
  spend(Buffer.byteLength(JSON.stringify(secret)))
  return secret
}
