import { Link } from '@tanstack/react-router'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { inFolder, useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { FolderRef } from '../../lib/server/types.ts'
import { folderPage } from '../../lib/pages/folder-page.ts'
import { ClosedFolder } from '../secrets/folders/closed-folder.tsx'
import { writesOf, type Write } from '../secrets/table/writes.ts'
import { words } from './words.ts'

const RestoreFolder = onDemand(async () => (await import('./restore-folder.tsx')).RestoreFolder)

const PAGE = 200

/** What was written to a folder, one write at a time, latest first. Any of them can be gone back to. */
export function FolderHistoryPage({ place }: { place: FolderRef }) {
  usePageTitle(words.folderHistoryPage.history)
  const { projectId, environment, secretPath } = place
  const [restoring, setRestoring] = useState<Write>()
  const { rights } = useRights(projectId)
  const closed = rights?.may('secrets.read-names', inFolder(place)) === false
  const history = trpc.history.folder.useInfiniteQuery(
    { ...place, limit: PAGE },
    { enabled: !closed, getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
  )
  const writes = writesOf(history.data?.pages.flatMap(({ versions }) => versions) ?? [])
  if (closed) return <ClosedFolder place={place} page={words.folderHistoryPage.title} />
  return (
    <div className="max-w-4xl">
      <PageHeader
        title={words.folderHistoryPage.title}
        text={
          <>
            {words.folderHistoryPage.writesOf}{' '}
            <Link
              {...folderPage(projectId, environment, secretPath)}
              className="font-mono text-sm text-accent underline"
            >
              {environment}:{secretPath}
            </Link>
            {words.folderHistoryPage.text}
          </>
        }
      />
      {history.error ? (
        <Failure what={words.folderHistoryPage.unreadable} error={history.error} retry={history.refetch} />
      ) : !history.data ? (
        <SkeletonRows label={words.folderHistoryPage.loading} rows={6} />
      ) : writes.length === 0 ? (
        <Empty title={words.folderHistoryPage.empty}>{words.folderHistoryPage.emptyText}</Empty>
      ) : (
        <>
          <ol aria-label={words.folderHistoryPage.label} className="grid gap-2">
            {writes.map((write, index) => (
              <li
                key={write.at + write.by}
                className="flex flex-wrap items-start gap-3 rounded-lg border border-line bg-surface p-3"
              >
                <div className="grid min-w-0 flex-1 basis-60 gap-1.5">
                  <p className="text-sm text-soft">
                    <span className="font-medium text-ink">
                      {words.folderHistoryPage.secrets(write.versions.length)}
                    </span>{' '}
                    {words.folderHistoryPage.by} <span className="wrap-anywhere">{write.by}</span>,{' '}
                    <Time iso={write.at} />
                  </p>
                  <Keys write={write} />
                </div>
                {index === 0 ? (
                  <Badge tone="good">{words.folderHistoryPage.now}</Badge>
                ) : (
                  <Button
                    size="sm"
                    denied={rights?.whyNot('secrets.write', inFolder(place))}
                    onClick={() => setRestoring(write)}
                  >
                    <RotateCcw aria-hidden className="size-3.5" /> {words.folderHistoryPage.restorePoint}
                  </Button>
                )}
              </li>
            ))}
          </ol>
          {history.hasNextPage && (
            <Button className="mt-4" busy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
              {words.folderHistoryPage.showEarlier}
            </Button>
          )}
        </>
      )}
      {restoring && <RestoreFolder place={place} write={restoring} onClose={() => setRestoring(undefined)} />}
    </div>
  )
}

/** A pasted file may have written thousands; the first say enough. */
const MOST_KEYS = 12

function Keys({ write: { versions } }: { write: Write }) {
  const more = versions.length - MOST_KEYS
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-1 font-mono text-sm">
      {versions.slice(0, MOST_KEYS).map(({ key, version, deleted }) => (
        <li key={`${key} ${version}`} className="break-all">
          {deleted ? <s className="text-soft">{key}</s> : key}{' '}
          <span className="font-sans text-xs text-faint">
            {deleted ? words.folderHistoryPage.deleted : words.folderHistoryPage.version(version)}
          </span>
        </li>
      ))}
      {more > 0 && <li className="font-sans text-sm text-soft">{words.folderHistoryPage.and(more)}</li>}
    </ul>
  )
}
