import { useCallback, useEffect, useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf, nameOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { FolderRef } from '../../lib/server/types.ts'
import { PreviewTable, type Line } from './preview-table.tsx'
import { words } from './words.ts'

/** After the last key stroke. */
const PAUSE_MS = 300

interface Props {
  place: FolderRef
  /** Of the file. */
  content: string
  /** With the keys that were added. */
  onSaved: (added: readonly string[]) => void
  onCancel: () => void
}

/** What a `.env` file would add and change, with old and new values on request, and the choice of what is saved. */
export function PastePreview({ place, content, onSaved, onCancel }: Props) {
  const save = trpc.secrets.paste.useMutation()
  const { preview, leftOut, choose, previewAgain } = usePreview(place, content)
  const result = preview.data
  const writes = result?.lines.filter(({ action }) => action !== 'keep') ?? []
  const chosen = writes.filter(({ key }) => !leftOut.has(key)).map(({ key }) => key)
  const commit = () =>
    save.mutate(
      { ...place, content, ...(leftOut.size > 0 ? { keys: chosen } : {}), ifVersions: versionsOf(result?.lines ?? []) },
      {
        onError: (error) => nameOf(error) === 'Conflict' && previewAgain(),
        onSuccess: async ({ added, changed }) => {
          await markStale('secrets.paste')
          toast.success(words.pastePreview.savedAddedChanged(added.length, changed.length))
          onSaved(added)
        },
      },
    )
  return (
    <div className="grid grid-cols-1 content-start gap-3">
      {preview.error && (
        <Notice kind="bad" title={words.pastePreview.unreadable}>
          {messageOf(preview.error)}
        </Notice>
      )}
      {save.error && (
        <Notice kind="bad" title={words.pastePreview.nothingSaved}>
          {messageOf(save.error)}
        </Notice>
      )}
      {result && (
        <Card className="grid grid-cols-1 gap-3 p-4">
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <h2 className="text-base font-semibold">{words.pastePreview.previewChanges}</h2>
            <p aria-live="polite" className="text-sm text-soft">
              {words.pastePreview.addedChangedUnchanged(
                result.added.length,
                result.changed.length,
                result.unchanged.length,
              )}
            </p>
          </div>
          <Skipped refused={result.refused} />
          <PreviewTable
            place={place}
            content={content}
            lines={result.lines}
            leftOut={leftOut}
            onChoose={(key, isChosen) => choose([key], isChosen)}
          />
        </Card>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        {writes.length > 1 && (
          <Button
            variant="ghost"
            onClick={() =>
              choose(
                writes.map(({ key }) => key),
                chosen.length === 0,
              )
            }
          >
            {chosen.length === 0 ? words.pastePreview.selectAll : words.pastePreview.selectNone}
          </Button>
        )}
        <Button onClick={onCancel}>{words.pastePreview.cancel}</Button>
        <Button
          variant="primary"
          disabled={chosen.length === 0}
          busy={preview.isPending || save.isPending}
          onClick={commit}
        >
          {words.pastePreview.saveChosen(chosen.length)}
        </Button>
      </div>
    </div>
  )
}

/** What the preview showed is all that may be overwritten. */
const versionsOf = (lines: readonly Line[]): Record<string, number> =>
  Object.fromEntries(lines.map(({ key, version }) => [key, version]))

function Skipped({ refused }: { refused: readonly { key: string; reason: string }[] }) {
  if (refused.length === 0) return null
  return (
    <Notice kind="warn" title={words.pastePreview.skipped(refused.length)}>
      <ul aria-label={words.pastePreview.skippedLabel} className="grid max-h-40 gap-1 overflow-y-auto">
        {refused.map(({ key, reason }, index) => (
          <li key={index} className="break-words">
            <span className="font-mono">{key}</span>: {reason}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** What the file would do, read again after each change of it, and the keys that are not to be saved. */
function usePreview({ projectId, environment, secretPath }: FolderRef, content: string) {
  const preview = trpc.secrets.paste.useMutation()
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set())
  const { mutate, reset } = preview
  const previewAgain = useCallback(
    () => mutate({ projectId, environment, secretPath, content, dryRun: true }),
    [mutate, projectId, environment, secretPath, content],
  )
  useEffect(() => {
    reset()
    setLeftOut(new Set())
    if (content.trim() === '') return
    const timer = setTimeout(previewAgain, PAUSE_MS)
    return () => clearTimeout(timer)
  }, [previewAgain, reset, content])
  const choose = (keys: readonly string[], isChosen: boolean) => {
    const next = new Set(leftOut)
    for (const key of keys)
      if (isChosen) next.delete(key)
      else next.add(key)
    setLeftOut(next)
  }
  return { preview, leftOut, choose, previewAgain }
}
