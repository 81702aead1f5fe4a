import { Link } from '@tanstack/react-router'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Td, Tr } from '../../components/ui/table.tsx'
import type { RowProps } from '../../components/virtual-rows.tsx'
import type { KeyState, Sync } from '../../lib/types.ts'
import { KEY_STATES } from './key-states.ts'

const shorten = (id: string) => (id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id)

export function KeyRow({
  sync,
  row,
  withId,
  index,
  measure,
}: { sync: Sync; row: KeyState; withId: boolean } & RowProps) {
  const { word, tone } = KEY_STATES[row.state]
  const { environment, folder, projectId } = sync
  return (
    <Tr ref={measure} data-index={index} aria-label={row.key}>
      <Td>
        <span className="font-mono font-medium break-all">{row.key}</span>
        {row.sourceKey !== null && row.sourceKey !== row.key && environment && folder && (
          <span className="block text-xs text-soft">
            from{' '}
            <Link
              to="/p/$projectId/secrets/$environment"
              params={{ projectId, environment: environment.slug }}
              search={{ q: row.sourceKey, ...(folder.path === '/' ? {} : { path: folder.path }) }}
              className="font-mono text-accent hover:underline"
            >
              {row.sourceKey}
            </Link>
          </span>
        )}
        {row.reason !== null && <span className="block text-xs break-words text-soft md:hidden">{row.reason}</span>}
      </Td>
      <Td>
        <Badge tone={tone}>{word}</Badge>
      </Td>
      <Td className="break-words text-soft max-md:hidden">{row.reason}</Td>
      <Td className="text-soft max-sm:hidden">{row.writtenAt === null ? 'Never' : <Time iso={row.writtenAt} />}</Td>
      {withId && (
        <Td className="font-mono text-xs whitespace-nowrap text-soft max-lg:hidden" title={row.remoteId ?? undefined}>
          {row.remoteId === null ? '' : shorten(row.remoteId)}
        </Td>
      )}
    </Tr>
  )
}
