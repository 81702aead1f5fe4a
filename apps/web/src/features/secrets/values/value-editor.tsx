import { useLayoutEffect, useRef } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { withPlainLineEnds } from '../../../lib/values/line-ends.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { useValueEdit } from './use-value-edit.ts'
import { ValueField } from './value-field.tsx'
import { words } from '../words.ts'

interface Props {
  place: FolderRef
  secretKey: string
  /** The present version; undefined where the page does not know it. */
  version: number | undefined
  onClose: () => void
}

/**
 * Edits a value in place. It opens at once and is filled when the value has come, selected as a whole: what is typed
 * replaces it, whichever comes first. What somebody else saved meanwhile is shown before it is overwritten.
 */
export function ValueEditor({ place, secretKey, version, onClose }: Props) {
  const edit = useValueEdit({ place, secretKey, version, onClose })
  const { base, other, typed, problem, save, settle } = edit
  const field = useRef<HTMLTextAreaElement>(null)
  const isUntouched = base !== undefined && typed === undefined
  // With the value, before the next key press, which would be added to its end.
  useLayoutEffect(() => {
    if (isUntouched) field.current?.select()
  }, [isUntouched])
  return (
    <form
      data-wide
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
      className="grid min-w-0 grid-cols-1 gap-2 py-1 sm:w-full"
    >
      <ValueField
        label={words.valueEditor.newValue(secretKey)}
        place={place}
        ref={field}
        autoFocus
        isLoading={base === undefined && problem === undefined}
        value={typed ?? withPlainLineEnds(base?.value ?? '')}
        onChange={edit.type}
        onSave={save}
        onCancel={onClose}
        error={problem}
      />
      {other ? (
        <Notice kind="bad" title={words.valueEditor.conflict(secretKey)}>
          <p>{words.valueEditor.versionIs(other.version)}</p>
          <code className="block max-h-40 overflow-auto font-mono text-sm break-all whitespace-pre-wrap">
            {other.value}
          </code>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button size="sm" onClick={() => settle(other, true)}>
              {words.valueEditor.keepMyEdit}
            </Button>
            <Button size="sm" onClick={() => settle(other, false)}>
              {words.valueEditor.takeVersion(other.version)}
            </Button>
          </div>
        </Notice>
      ) : (
        <div className="flex gap-2">
          <Button type="submit" size="sm" variant="primary" busy={edit.isSaving}>
            {words.valueEditor.save}
          </Button>
          <Button size="sm" onClick={onClose}>
            {words.valueEditor.cancel}
          </Button>
        </div>
      )}
    </form>
  )
}
