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
  anew: (sealed: string, belongsTo: readonly string[]) => string,
  projectId: string,
): string {
  const { secretsHead, ...row } = folderRow.parse(JSON.parse(content))
  if (!secretsHead) return content
  return JSON.stringify({ ...row, secretsHead: anew(secretsHead, headSealedAs(projectId, row.id)) })
}

/** The content of a kept row with its sealed texts sealed anew by `anew`. */
export function resealTrashRow(
  { kind, content }: TrashRow,
  anew: (sealed: string, belongsTo: readonly string[]) => string,
  projectId: string,
): string {
  if (kind === 'folder') return resealFolder(content, anew, projectId)
  if (kind !== 'secret' && kind !== 'version') return content
  const row = sealedRow.parse(JSON.parse(content))
  const value = anew(row.value, associatedData('secret', projectId, row))
  const comment = row.comment && anew(row.comment, associatedData('comment', projectId, row))
  const metadata = row.metadata && anew(row.metadata, associatedData('metadata', projectId, row))
  return JSON.stringify({ ...row, value, comment, metadata })
}
