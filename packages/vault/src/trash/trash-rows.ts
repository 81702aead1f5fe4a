import type { TrashRowTable } from '@keyferry/db'
import { headSealedAs } from '@keyferry/kernel/authority'
import type { Selectable } from 'kysely'
import { z } from 'zod'
import { associatedData } from '../tree/tree.ts'

type TrashRow = Pick<Selectable<TrashRowTable>, 'kind' | 'content'>

const sealedRow = z.looseObject({
  folderId: z.string(),
  key: z.string(),
  version: z.number(),
  value: z.string(),
  // Rows that were deleted before these were kept have none.
  comment: z.string().nullish(),
  metadata: z.string().nullish(),
})

const folderRow = z.looseObject({ id: z.string(), secretsHead: z.string().nullish() })

function resealFolder(
  content: string,
  reseal: (sealed: string, belongsTo: readonly string[]) => string,
  projectId: string,
): string {
  const { secretsHead, ...row } = folderRow.parse(JSON.parse(content))
  if (!secretsHead) return content
  return JSON.stringify({ ...row, secretsHead: reseal(secretsHead, headSealedAs(projectId, row.id)) })
}

/** The content of a kept row with its sealed texts sealed reseal by `reseal`. */
export function resealTrashRow(
  { kind, content }: TrashRow,
  reseal: (sealed: string, belongsTo: readonly string[]) => string,
  projectId: string,
): string {
  if (kind === 'folder') return resealFolder(content, reseal, projectId)
  if (kind !== 'secret' && kind !== 'version') return content
  const row = sealedRow.parse(JSON.parse(content))
  const value = reseal(row.value, associatedData('secret', projectId, row))
  const comment = row.comment && reseal(row.comment, associatedData('comment', projectId, row))
  const metadata = row.metadata && reseal(row.metadata, associatedData('metadata', projectId, row))
  return JSON.stringify({ ...row, value, comment, metadata })
}
