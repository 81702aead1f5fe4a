import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Failure } from '../../components/failure.tsx'
import { ImportPreviewView } from '../../components/import-preview.tsx'
import { Refusal } from '../../components/refusal.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { markStale } from '../../lib/stale.ts'
import { direct, trpc } from '../../lib/trpc.ts'
import { dropDraft } from './draft.ts'
import type { toCreate } from './steps.ts'

interface Props {
  projectId: string
  input: ReturnType<typeof toCreate>
  onBack: () => void
}

/** What the import before the first sync will do in the vault, and the last step. */
export function ImportReview({ projectId, input, onBack }: Props) {
  const navigate = useNavigate()
  const create = trpc.syncs.create.useMutation()
  const preview = useQuery({
    queryKey: ['first-import-preview', input],
    queryFn: () => direct.syncs.previewFirstImport.mutate(input),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  })
  const submit = async () => {
    try {
      const sync = await create.mutateAsync(input)
      await markStale('syncs.create')
      await navigate({
        to: '/p/$projectId/syncs/$destination/$syncId',
        params: { projectId, destination: sync.destination, syncId: sync.id },
      })
      dropDraft(projectId)
    } catch {
      void preview.refetch()
    }
  }
  return (
    <>
      <section aria-label="Import" className="grid gap-3">
        <div className="flex flex-wrap items-baseline gap-3">
          <h2 className="flex-1 text-lg font-semibold">What the first sync will import</h2>
          <Button size="sm" busy={preview.isFetching} onClick={() => void preview.refetch()}>
            Refresh preview
          </Button>
        </div>
        {preview.error ? (
          <Failure what="Couldn’t preview the import" error={preview.error} retry={preview.refetch} />
        ) : preview.data ? (
          <ImportPreviewView preview={preview.data} />
        ) : (
          <SkeletonRows label="Reading what the target holds" rows={4} />
        )}
        <Notice>
          After the import the folder decides what the target holds. Before the first sync deletes a key that could not
          be imported, it waits for your approval.
        </Notice>
        {!input.autoSync && <Notice>Auto-sync is off: nothing happens until someone clicks “Sync now”.</Notice>}
        <Refusal error={create.error} />
      </section>
      <div className="flex justify-between gap-2 border-t border-line pt-4">
        <Button onClick={onBack}>Back</Button>
        <Button
          variant="primary"
          busy={create.isPending}
          disabled={!preview.data || preview.isFetching}
          onClick={() => void submit()}
        >
          Import and create sync
        </Button>
      </div>
    </>
  )
}
