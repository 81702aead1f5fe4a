import { useEffect } from 'react'
import { count } from '@keyferry/schemas/count'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'
import { useUnsaved } from '../../lib/unsaved.ts'
import { PastePreview } from './paste-preview.tsx'

/** Several lines of a `.env` file that were pasted where one secret is added: what they would do, then all of them. */
export function PastedLines({ place, content, onClose }: { place: FolderRef; content: string; onClose: () => void }) {
  const preview = trpc.secrets.paste.useMutation()
  const save = trpc.secrets.paste.useMutation({
    onSuccess: async ({ added, changed }) => {
      await markStale('secrets.paste')
      toast.success(`Saved: ${added.length} added, ${changed.length} changed.`)
      onClose()
    },
  })
  useUnsaved(!save.isSuccess)
  const { mutate } = preview
  useEffect(() => mutate({ ...place, content, dryRun: true }), [mutate, place, content])
  const problem = preview.error ?? save.error
  const writes = (preview.data?.added.length ?? 0) + (preview.data?.changed.length ?? 0)
  return (
    <section aria-label="Pasted secrets" className="grid gap-3">
      {problem && (
        <Notice kind="bad" title="Nothing was saved">
          {messageOf(problem)}
        </Notice>
      )}
      {preview.data && <PastePreview result={preview.data} />}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          variant="primary"
          disabled={writes === 0}
          busy={preview.isPending || save.isPending}
          onClick={() => save.mutate({ ...place, content })}
        >
          Save {count(writes, 'secret')}
        </Button>
      </div>
    </section>
  )
}
