import type { pastedDotenv } from '@keyferry/schemas'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import { Badge, type Tone } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { HiddenValue } from '../../components/hidden-value.tsx'
import { messageOf } from '../../lib/errors.ts'
import { readValue } from '../../lib/read-value.ts'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { direct, trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'
import { words } from './words.ts'

type Line = z.output<typeof pastedDotenv>['lines'][number]

const ACTIONS: Record<Line['action'], { word: string; tone: Tone }> = {
  add: { word: words.pastePreview.add, tone: 'good' },
  change: { word: words.pastePreview.change, tone: 'warn' },
  keep: { word: words.pastePreview.unchanged, tone: 'neutral' },
}
/** Lines that are drawn; the others are saved all the same. */
const SHOWN = 500
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
  const preview = trpc.secrets.paste.useMutation()
  const save = trpc.secrets.paste.useMutation()
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set())
  const { mutate, reset } = preview
  const { projectId, environment, secretPath } = place
  useEffect(() => {
    reset()
    setLeftOut(new Set())
    if (content.trim() === '') return
    const timer = setTimeout(() => mutate({ projectId, environment, secretPath, content, dryRun: true }), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [mutate, reset, projectId, environment, secretPath, content])

  const result = preview.data
  const writes = result?.lines.filter(({ action }) => action !== 'keep') ?? []
  const chosen = writes.filter(({ key }) => !leftOut.has(key)).map(({ key }) => key)
  const choose = (keys: readonly string[], isChosen: boolean) => {
    const next = new Set(leftOut)
    for (const key of keys)
      if (isChosen) next.delete(key)
      else next.add(key)
    setLeftOut(next)
  }
  const commit = () =>
    save.mutate(
      { ...place, content, ...(leftOut.size > 0 ? { keys: chosen } : {}) },
      {
        onSuccess: async ({ added, changed }) => {
          await markStale('secrets.paste')
          toast.success(words.pastePreview.savedAddedChanged(added.length, changed.length))
          onSaved(added)
        },
      },
    )
  return (
    <div className="grid grid-cols-1 gap-3">
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
          {result.refused.length > 0 && (
            <Notice kind="warn" title={words.pastePreview.skipped(result.refused.length)}>
              <ul aria-label={words.pastePreview.skippedLabel} className="grid max-h-40 gap-1 overflow-y-auto">
                {result.refused.map(({ key, reason }, index) => (
                  <li key={index} className="break-words">
                    <span className="font-mono">{key}</span>: {reason}
                  </li>
                ))}
              </ul>
            </Notice>
          )}
          <div className="max-h-96 overflow-y-auto">
            <table
              aria-label={words.pastePreview.previewChanges}
              className="w-full table-fixed border-collapse text-left text-sm"
            >
              {/* The hidden head would give every column the same width. */}
              <colgroup>
                <col className="w-9" />
                <col className="w-2/5" />
                <col />
              </colgroup>
              <thead className="sr-only">
                <tr>
                  <th scope="col">{words.pastePreview.save}</th>
                  <th scope="col">{words.pastePreview.key}</th>
                  <th scope="col">{words.pastePreview.value}</th>
                </tr>
              </thead>
              <tbody>
                {result.lines.slice(0, SHOWN).map((line) => (
                  <PreviewRow
                    key={line.key}
                    place={place}
                    content={content}
                    line={line}
                    isChosen={!leftOut.has(line.key)}
                    onChoose={(isChosen) => choose([line.key], isChosen)}
                  />
                ))}
              </tbody>
            </table>
            {result.lines.length > SHOWN && (
              <p className="py-2 text-sm text-soft">{words.pastePreview.andMore(result.lines.length - SHOWN)}</p>
            )}
          </div>
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

interface RowProps {
  place: FolderRef
  content: string
  line: Line
  isChosen: boolean
  onChoose: (isChosen: boolean) => void
}

function PreviewRow({ place, content, line: { key, action, notes, line }, isChosen, onChoose }: RowProps) {
  const { word, tone } = ACTIONS[action]
  const readNew = async () => {
    const { lines } = await direct.secrets.paste.mutate({
      ...place,
      content,
      keys: [key],
      dryRun: true,
      showValues: true,
    })
    return lines[0]?.value ?? ''
  }
  return (
    <tr aria-label={key} className="group/row border-t border-line">
      <td className="py-1 align-top">
        {action !== 'keep' && (
          <span className="grid h-7 items-center">
            <Checkbox label={words.pastePreview.saveNamed(key)} checked={isChosen} onChange={onChoose} />
          </span>
        )}
      </td>
      <td className="py-1 pr-3 align-top">
        <span className="flex min-h-7 flex-wrap items-center gap-1.5">
          <span className="min-w-0 font-mono font-medium break-all">{key}</span>
          <Badge tone={tone}>{word}</Badge>
        </span>
        {notes.map(({ code, message }) => (
          <p key={code} className="text-xs break-words text-warn">
            {words.pastePreview.line(line, message)}
          </p>
        ))}
      </td>
      <td className="py-0.5 align-top">
        {action === 'change' ? (
          <div className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3">
            <span className="text-xs text-faint">{words.pastePreview.old}</span>
            <HiddenValue name={words.pastePreview.oldValue(key)} read={() => readValue(place, key)} />
            <span className="text-xs text-faint">{words.pastePreview.new}</span>
            <HiddenValue name={words.pastePreview.newValue(key)} read={readNew} />
          </div>
        ) : (
          <HiddenValue name={key} read={readNew} />
        )}
      </td>
    </tr>
  )
}
