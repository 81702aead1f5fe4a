import { isWithin } from '@keyferry/schemas/secret-path'
import { markStale } from '../../lib/server/stale.ts'
import { useState, type ReactNode } from 'react'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { FolderRef, Uses } from '../../lib/server/types.ts'
import { useOnNavigate } from '../../lib/pages/use-on-navigate.ts'
import { Confirm } from '../confirm.tsx'
import { Failure } from '../failure.tsx'
import { deletionOptions, type DeletionOption } from './deletion-options.ts'
import { Notice } from '../ui/notice.tsx'
import { RadioCards } from '../ui/radio-cards.tsx'
import { SkeletonRows } from '../ui/skeleton.tsx'
import { UsesList } from './uses-list.tsx'
import { words } from '../words.ts'

interface Props {
  /** Such as `folder /api`. */
  what: string
  /** What is deleted, each with everything below it. */
  places: readonly FolderRef[]
  typed?: { text: string; label: string }
  children: ReactNode
  onDelete: (syncs: DeletionOption | undefined) => Promise<{ pending?: string | undefined }>
  /** After it is gone. While it waits for syncs, the page stays and says so. */
  onGone: () => Promise<unknown>
  onClose: () => void
}

/**
 * Deletes a part of the vault: first shows who uses it, and asks what becomes of the keys that its
 * syncs wrote.
 */
export function ConfirmDeletion({ what, places, typed, children, onDelete, onGone, onClose }: Props) {
  useOnNavigate(onClose)
  const [fate, setFate] = useState<DeletionOption>()
  const found = trpc.useQueries((t) => places.map((place) => t.tree.uses(place, { staleTime: 0 })))
  const failed = found.find(({ error }) => error !== null)
  const uses = found.every(({ data }) => data !== undefined)
    ? together(
        places,
        found.flatMap(({ data }) => data ?? []),
      )
    : undefined
  const going = uses?.syncs.filter(({ direct }) => direct) ?? []
  const staying = uses && { ...uses, syncs: uses.syncs.filter(({ direct }) => !direct) }
  const imported = (uses?.imports.length ?? 0) > 0
  const projectId = places[0]?.projectId ?? ''

  const confirm = async () => {
    const { pending } = await onDelete(going.length > 0 ? fate : undefined)
    await markStale('place.deleted')
    if (pending === undefined) {
      toast.success(words.confirmDeletion.deleted(what))
      await onGone()
    }
  }
  return (
    <Confirm
      title={words.confirmDeletion.title(what)}
      label={
        going.length > 0 && fate === 'remove-secrets'
          ? words.confirmDeletion.removeDelete
          : words.confirmDeletion.delete(what)
      }
      ready={uses !== undefined && !imported && (going.length === 0 || fate !== undefined)}
      {...(typed ? { typed } : {})}
      onConfirm={confirm}
      onClose={onClose}
    >
      {children}
      {failed ? (
        <Failure what={words.confirmDeletion.unreadable} error={failed.error} retry={failed.refetch} />
      ) : !uses || !staying ? (
        <SkeletonRows label={words.confirmDeletion.loading} rows={2} />
      ) : (
        <>
          {going.length > 0 && !imported && (
            <>
              <UsesList projectId={projectId} uses={{ syncs: going, imports: [], references: [] }} />
              <RadioCards
                label={words.confirmDeletion.syncs}
                value={fate}
                onChange={setFate}
                cards={deletionOptions({ what, syncs: going.length, keys: written(going) })}
              />
            </>
          )}
          {imported ? (
            <Notice kind="blocked" title={words.confirmDeletion.imported}>
              <Rest projectId={projectId} uses={staying} after={words.confirmDeletion.importedText} />
            </Notice>
          ) : staying.syncs.length + staying.references.length > 0 ? (
            <Notice kind="warn" title={words.confirmDeletion.breaks}>
              <Rest projectId={projectId} uses={staying} after={words.confirmDeletion.breaksText} />
            </Notice>
          ) : (
            going.length === 0 && <p className="text-base text-soft">{words.confirmDeletion.unused}</p>
          )}
        </>
      )}
    </Confirm>
  )
}

const Rest = ({ projectId, uses, after }: { projectId: string; uses: Uses; after: string }) => (
  <div className="grid gap-2">
    <p>{after}</p>
    <UsesList projectId={projectId} uses={uses} />
  </div>
)

/** Null: of one of them it is not known. */
const written = (syncs: Uses['syncs']): number | null =>
  syncs.reduce<number | null>((sum, { written }) => (sum === null || written === null ? null : sum + written), 0)

/** What several places are used by, without what is deleted with one of them. */
function together(places: readonly FolderRef[], found: readonly Uses[]): Uses {
  const inside = (at: { environment: string; secretPath: string }) =>
    places.some(({ environment, secretPath: path }) => environment === at.environment && isWithin(at.secretPath, path))
  const syncs = new Map<string, Uses['syncs'][number]>()
  for (const sync of found.flatMap((uses) => uses.syncs)) {
    if (sync.direct || !syncs.has(sync.id)) syncs.set(sync.id, sync)
  }
  return {
    syncs: [...syncs.values()],
    imports: found.flatMap(({ imports }) => imports.filter((at) => !inside(at))),
    references: found.flatMap(({ references }) => references.filter((at) => !inside(at))),
  }
}
