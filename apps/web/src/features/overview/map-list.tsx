import { Link } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import { FolderLink } from '../../components/folder-link.tsx'
import { SyncStatusBadge } from '../../components/syncs/sync-status.tsx'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import type { Destination, ProjectOverview, BriefSync } from '../../lib/server/types.ts'
import { syncPage } from './sync-page.ts'
import { words } from './words.ts'

const { map } = words

/** The map as a list: each folder with what it shows of other folders, and the syncs that send it. */
export function MapList({
  projectId,
  overview: { folders, links },
  syncs,
  destinations,
}: {
  projectId: string
  overview: ProjectOverview
  syncs: readonly BriefSync[]
  destinations: readonly Destination[]
}) {
  const known = new Set(folders.map(({ id }) => id))
  const unseen = syncs.filter(({ folder }) => folder === null || !known.has(folder.id))
  const place = (id: string) => folders.find((folder) => folder.id === id)
  return (
    <ul className="divide-y divide-line">
      {folders.map(({ id, environment, path, secrets }) => (
        <li key={id} className="grid gap-2 px-4 py-3 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
          <div className="grid content-start gap-0.5">
            <p className="wrap-anywhere">
              <FolderLink place={{ projectId, environment, secretPath: path }} />
            </p>
            <p className="text-sm text-soft">{map.secrets(secrets)}</p>
            {links
              .filter(({ sourceFolderId }) => sourceFolderId === id)
              .map(({ folderId, kind }) => {
                const reader = place(folderId)
                return (
                  reader && (
                    <p key={`${kind}${folderId}`} className="text-sm wrap-anywhere text-soft">
                      {kind === 'import' ? map.imports : map.references}{' '}
                      <FolderLink place={{ projectId, environment: reader.environment, secretPath: reader.path }} />
                    </p>
                  )
                )
              })}
          </div>
          <SyncsOf syncs={syncs.filter(({ folder }) => folder?.id === id)} destinations={destinations} />
        </li>
      ))}
      {unseen.length > 0 && (
        <li className="grid gap-2 px-4 py-3 lg:grid-cols-[minmax(0,20rem)_minmax(0,1fr)]">
          <p className="text-sm text-soft">{map.hidden}</p>
          <SyncsOf syncs={unseen} destinations={destinations} />
        </li>
      )}
    </ul>
  )
}

const SyncsOf = ({ syncs, destinations }: { syncs: readonly BriefSync[]; destinations: readonly Destination[] }) =>
  syncs.length === 0 ? (
    <p className="text-sm text-soft">{map.notSynced}</p>
  ) : (
    <ul className="grid gap-2">
      {syncs.map((sync) => {
        const destination = destinations.find(({ name }) => name === sync.destination)
        return (
          <li key={sync.id} className="flex flex-wrap items-center gap-2 text-sm">
            <ArrowRight aria-hidden className="size-4 shrink-0 text-faint max-lg:hidden" />
            <Link {...syncPage(sync)} className="font-medium wrap-anywhere text-accent hover:underline">
              {sync.name}
            </Link>
            <SyncStatusBadge status={sync.status} />
            <span className="flex min-w-0 items-center gap-1.5 text-soft">
              <VendorIcon svg={destination?.icon ?? ''} size={14} />
              <span className="min-w-0 wrap-anywhere">
                {destination?.title ?? sync.destination} · {sync.targetLabel}
              </span>
            </span>
          </li>
        )
      })}
    </ul>
  )
