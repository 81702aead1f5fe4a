import { Link } from '@tanstack/react-router'
import { MessageSquareText, TriangleAlert } from 'lucide-react'
import { Badge } from '../../../components/ui/badge.tsx'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import type { FolderRef, SecretRow } from '../../../lib/server/types.ts'
import { ResolvedValue } from '../values/resolved-value.tsx'
import { words } from '../words.ts'

/** Tags that a row has room for. */
const SHOWN_TAGS = 3

interface Props {
  /** The folder that it is in, which may be an imported one. */
  source: FolderRef
  row: SecretRow
  isReadable: boolean
}

/** The key of a secret with what belongs to it: where it comes from, its tags and comment, what is wrong with it. */
export function SecretName({ source, row, isReadable }: Props) {
  const { key, origin, tags } = row
  return (
    <>
      <div className="flex min-h-7 min-w-0 items-center gap-x-1.5 max-sm:flex-wrap max-sm:group-has-[[data-wide]]/row:[&>:not(:first-child)]:hidden">
        <span className="min-w-12 font-mono text-sm font-medium max-sm:line-clamp-2 max-sm:break-all max-sm:group-has-[[data-wide]]/row:line-clamp-1 sm:truncate">
          <bdi>{key}</bdi>
        </span>
        {origin.kind !== 'own' && (
          <Link
            {...folderPage(source.projectId, source.environment, source.secretPath)}
            className="min-w-0 shrink-[2] truncate text-xs text-accent hover:underline"
          >
            {source.environment}:{source.secretPath}
          </Link>
        )}
        {row.blank && <Badge tone="warn">{words.secretName.blank}</Badge>}
        {tags.slice(0, SHOWN_TAGS).map(({ id, name }) => (
          <Badge key={id}>{name}</Badge>
        ))}
        {tags.length > SHOWN_TAGS && (
          <Badge>
            <span data-tooltip={tags.map(({ name }) => name).join(', ')}>+{tags.length - SHOWN_TAGS}</span>
          </Badge>
        )}
        {row.comment !== '' && (
          <button
            type="button"
            aria-label={words.secretName.commentOnNamed(key)}
            data-tooltip={row.comment}
            className="shrink-0 rounded p-0.5 text-faint"
          >
            <MessageSquareText aria-hidden className="size-3.5" />
          </button>
        )}
        {row.references.length > 0 && row.problem === null && isReadable && (
          <ResolvedValue place={source} secretKey={key} references={row.references} />
        )}
      </div>
      {row.problem !== null && (
        <p
          // On a phone it takes the width of the table, below the value too.
          data-below
          className="flex items-start gap-1 pb-0.5 text-xs font-medium wrap-anywhere text-bad max-sm:w-[calc(100cqw-3.5rem)] max-sm:group-has-[[data-wide]]/row:hidden"
        >
          <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" /> {row.problem}
        </p>
      )}
    </>
  )
}
