import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { trpc } from '../../lib/server/trpc.ts'
import type { Uses } from '../../lib/server/types.ts'
import { FolderLink } from '../folder-link.tsx'
import { words } from '../words.ts'

/** Who would notice if something were gone, each with a way there. */
export function UsesList({ projectId, uses }: { projectId: string; uses: Uses }) {
  const { data: syncs } = trpc.syncs.briefs.useQuery({ projectId })
  const { syncs: readers, imports, references } = uses
  if (readers.length + imports.length + references.length === 0)
    return <p className="text-base text-soft">{words.usesList.unused}</p>
  return (
    <div className="grid gap-3">
      {readers.length > 0 && (
        <Group title={words.usesList.readBy(readers.length)}>
          {readers.map(({ id, name, destination, direct, written }) => (
            <li key={id}>
              <Link
                to="/p/$projectId/syncs/$destination/$syncId"
                params={{ projectId, destination, syncId: id }}
                className="font-medium text-accent hover:underline"
              >
                {name}
              </Link>{' '}
              <span className="text-soft">
                {syncs?.find((sync) => sync.id === id)?.targetLabel}
                {direct ? wrote(written) : words.usesList.indirect}
              </span>
            </li>
          ))}
        </Group>
      )}
      {imports.length > 0 && (
        <Group title={words.usesList.importedBy(imports.length)}>
          {imports.map(({ environment, secretPath }) => (
            <li key={`${environment}:${secretPath}`}>
              <FolderLink place={{ projectId, environment, secretPath }} />
            </li>
          ))}
        </Group>
      )}
      {references.length > 0 && (
        <Group title={words.usesList.referencedBy(references.length)}>
          {references.map(({ environment, secretPath, key: secretKey, to }) => (
            <li key={`${environment}:${secretPath} ${secretKey}`} className="break-all">
              <FolderLink place={{ projectId, environment, secretPath }} secretKey={secretKey} />{' '}
              <span className="font-mono text-xs text-soft">{to}</span>
            </li>
          ))}
        </Group>
      )}
    </div>
  )
}

/** Nothing is said of keys that may come from folders that the reader can't read. */
const wrote = (keys: number | null): string => (keys === null ? '' : words.usesList.written(keys))

const Group = ({ title, children }: { title: string; children: ReactNode }) => (
  <div className="grid gap-1">
    <h3 className="text-sm font-semibold">{title}</h3>
    <ul className="grid gap-1 text-sm">{children}</ul>
  </div>
)
