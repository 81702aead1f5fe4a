import { Maximize2, WandSparkles } from 'lucide-react'
import { useId, useRef, useState, type KeyboardEvent, type RefObject } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { control } from '../../../components/ui/field.tsx'
import { IconButton } from '../../../components/ui/icon-button.tsx'
import { Popover } from '../../../components/ui/popover.tsx'
import { cn } from '../../../lib/cn.ts'
import { isSave } from '../../../lib/forms/enter-saves.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { listId, optionId, ReferenceList } from './reference-list.tsx'
import { useReferenceOffer } from './use-reference-offer.ts'
import { WhiteSpaceNote } from './white-space-note.tsx'
import { words } from '../words.ts'

const Generator = onDemand(async () => (await import('./generator.tsx')).Generator)
const TextEditor = onDemand(async () => (await import('./text-editor.tsx')).TextEditorDialog)

/** Bytes of the longest value: drawing megabytes in a field takes seconds, only to have them refused. */
const MAX_LENGTH = 65_536

interface Props {
  label: string
  place: FolderRef
  value: string
  onChange: (value: string) => void
  onSave: () => void
  onCancel?: () => void
  placeholder?: string
  error?: string | undefined
  autoFocus?: boolean
  /** The value is still on its way; what is typed meanwhile takes its place. */
  isLoading?: boolean
  ref?: RefObject<HTMLTextAreaElement | null>
}

/**
 * Where a value is typed: Enter saves, Shift+Enter begins a line, `${` offers references. A generator and an editor for
 * long texts are a click away; invisible characters are named.
 */
export function ValueField({ label, place, value, onChange, onSave, onCancel, error, isLoading, ref, ...rest }: Props) {
  const id = useId()
  const own = useRef<HTMLTextAreaElement>(null)
  const field = ref ?? own
  const [isWriting, setWriting] = useState(false)
  const [isRefused, setRefused] = useState(false)
  const problem = isRefused ? words.valueField.tooLong(MAX_LENGTH) : error
  const offer = useReferenceOffer({ place, field, value, onChange })
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (!offer.takesKey(event)) {
      if (event.key === 'Escape' && onCancel) onCancel()
      else if (isSave(event)) onSave()
      else return
    }
    event.preventDefault()
  }
  return (
    <div className="relative grid min-w-0 flex-1 grid-cols-1 gap-1.5">
      <div className="flex min-w-0 items-start gap-0.5">
        <textarea
          aria-label={label}
          aria-invalid={problem !== undefined || undefined}
          aria-busy={isLoading || undefined}
          aria-describedby={problem === undefined ? undefined : `${id}-error`}
          aria-autocomplete="list"
          aria-controls={offer.isOffering ? listId(id) : undefined}
          aria-activedescendant={offer.isOffering ? optionId(id, offer.active) : undefined}
          rows={1}
          spellCheck={false}
          autoComplete="off"
          className={cn(
            control,
            'field-sizing-content max-h-60 min-h-8 resize-none px-2.5 py-[0.3125rem] font-mono text-sm break-all',
          )}
          {...rest}
          ref={field}
          value={value}
          onPaste={(event) => {
            const isTooLong = event.clipboardData.getData('text').length > MAX_LENGTH
            if (isTooLong) event.preventDefault()
            setRefused(isTooLong)
          }}
          onChange={({ target }) => {
            setRefused(false)
            onChange(target.value)
            offer.typedAt(target.selectionStart)
          }}
          onSelect={({ currentTarget }) => offer.movedTo(currentTarget.selectionStart)}
          onBlur={offer.close}
          onKeyDown={onKeyDown}
        />
        <Popover
          label={words.valueField.generateValue}
          align="end"
          className="w-80 gap-3 p-3"
          trigger={<IconButton icon={WandSparkles} label={words.valueField.generateValue} className="h-8" />}
        >
          {(close) => <Generator onGenerated={onChange} onClose={close} />}
        </Popover>
        <IconButton
          icon={Maximize2}
          label={words.valueField.openEditor}
          className="h-8"
          onClick={() => setWriting(true)}
        />
      </div>
      {offer.isOffering && (
        <ReferenceList id={id} completions={offer.completions} active={offer.active} onChoose={offer.complete} />
      )}
      <WhiteSpaceNote value={value} onClean={onChange} />
      {problem !== undefined && (
        <p id={`${id}-error`} role="alert" className="text-sm font-medium text-bad">
          {problem}
        </p>
      )}
      {isWriting && (
        <TextEditor
          title={label}
          initial={value}
          onDone={(text) => {
            onChange(text)
            setWriting(false)
          }}
          onClose={() => setWriting(false)}
        />
      )}
    </div>
  )
}
