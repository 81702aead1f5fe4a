import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Failure } from '../../../components/failure.tsx'
import { ImportPreviewView } from '../../../components/syncs/import-preview.tsx'
import { IMPORT_PRIORITIES } from '../../../components/syncs/import-priorities.ts'
import { Refusal } from '../../../components/refusal.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { RadioCards } from '../../../components/ui/radio-cards.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { direct, trpc } from '../../../lib/server/trpc.ts'
import type { ImportPriority, ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** Imports what the destination holds, after showing exactly what that adds and changes in the folder. */
export function ImportDialog({ sync, onClose }: { sync: ListedSync; onClose: () => void }) {
  const [importBehavior, setPriority] = useState<ImportPriority>('prioritize-source')
  const one = { destination: sync.destination, syncId: sync.id, importBehavior }
  const preview = useQuery({
    queryKey: ['import-preview', one],
    queryFn: () => direct.syncs.previewImport.query(one),
    staleTime: 0,
    gcTime: 0,
    retry: false,
    refetchOnWindowFocus: false,
  })
  const run = trpc.syncs.importSecrets.useMutation()

  const submit = async (planHash: string) => {
    try {
      await run.mutateAsync({ ...one, planHash })
      await markStale('syncs.importSecrets')
      toast.success(words.importDialog.imported)
      onClose()
    } catch {
      void preview.refetch()
    }
  }
  return (
    <Dialog open onClose={onClose} title={words.importDialog.title}>
      <div className="grid gap-4">
        <p>
          {words.importDialog.copies(sync.targetLabel)}{' '}
          <span className="font-mono">
            {sync.environment?.slug}:{sync.folder?.path}
          </span>
          {words.importDialog.undo}
        </p>
        <RadioCards
          label={words.importDialog.conflicts}
          value={importBehavior}
          onChange={setPriority}
          cards={IMPORT_PRIORITIES}
        />
        {preview.error ? (
          <Failure what={words.importDialog.failed} error={preview.error} retry={preview.refetch} />
        ) : preview.data ? (
          <ImportPreviewView preview={preview.data} />
        ) : (
          <SkeletonRows label={words.importDialog.loading} rows={4} />
        )}
        <Refusal error={run.error} />
        <Actions>
          <Button onClick={onClose}>{words.importDialog.cancel}</Button>
          <Button
            variant="primary"
            busy={run.isPending}
            disabled={!preview.isSuccess}
            onClick={() => preview.isSuccess && void submit(preview.data.hash)}
          >
            {words.importDialog.import}
          </Button>
        </Actions>
      </div>
    </Dialog>
  )
}
