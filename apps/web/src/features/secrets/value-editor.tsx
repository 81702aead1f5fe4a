import { zodResolver } from '@hookform/resolvers/zod'
import { secretValue } from '@keyferry/schemas'
import { useEffect, useState } from 'react'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { control } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { cn } from '../../lib/cn.ts'
import { isSave } from '../../lib/enter-saves.ts'
import { messageOf, nameOf } from '../../lib/errors.ts'
import { withLineEndsOf, withPlainLineEnds } from '../../lib/line-ends.ts'
import { readSecret, type ReadValue } from '../../lib/read-value.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'
import { useUnsaved } from '../../lib/unsaved.ts'
import { WhiteSpaceNote } from './white-space-note.tsx'

/**
 * Edits a value in place, over as many lines as it has. Enter saves, Shift+Enter begins a line, Escape gives up. What
 * somebody else saved meanwhile is shown before it is overwritten.
 */
export function ValueEditor({
  place,
  secretKey,
  initial,
  version,
  onClose,
}: {
  place: FolderRef
  secretKey: string
  initial: ReadValue
  /** The present version, as far as the page knows. */
  version: number
  onClose: () => void
}) {
  const update = trpc.secrets.update.useMutation()
  /** What the edit began with, or what it is meant to replace. */
  const [base, setBase] = useState(initial)
  const [other, setOther] = useState<ReadValue>()
  const { register, handleSubmit, setError, setValue, watch, formState } = useForm({
    resolver: zodResolver(z.object({ value: secretValue })),
    defaultValues: { value: withPlainLineEnds(initial.value) },
  })
  const { errors, isDirty, isSubmitting } = formState
  useUnsaved(isDirty)
  useEffect(() => {
    if (version <= base.version) return
    let here = true
    // What can't be read now is said when it is saved.
    readSecret(place, secretKey).then(
      (present) => here && setOther(present),
      () => undefined,
    )
    return () => {
      here = false
    }
  }, [place, secretKey, version, base.version])

  const submit = handleSubmit(async ({ value: typed }) => {
    const value = withLineEndsOf(base.value, typed)
    try {
      if (value !== base.value) await update.mutateAsync({ ...place, key: secretKey, ifVersion: base.version, value })
      await markStale('secrets.update')
      onClose()
    } catch (error) {
      if (nameOf(error) === 'Conflict') setOther(await readSecret(place, secretKey))
      else setError('value', { message: messageOf(error) })
    }
  })
  const settle = (present: ReadValue, value?: string) => {
    setBase(present)
    setOther(undefined)
    if (value !== undefined) setValue('value', withPlainLineEnds(value), { shouldDirty: true })
  }
  return (
    <form
      onSubmit={(event) => void submit(event)}
      className="grid w-full min-w-40 grid-cols-1 gap-2 py-1 max-sm:w-[38vw] max-sm:min-w-0"
    >
      <textarea
        aria-label={`New value of ${secretKey}`}
        aria-invalid={errors.value !== undefined || undefined}
        autoFocus
        rows={1}
        spellCheck={false}
        autoComplete="off"
        className={cn(control, 'field-sizing-content max-h-72 min-h-9 px-2.5 py-1.5 font-mono text-sm')}
        {...register('value')}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onClose()
          if (!isSave(event)) return
          event.preventDefault()
          if (!other) void submit()
        }}
      />
      <WhiteSpaceNote
        value={watch('value')}
        onTrim={(trimmed) => setValue('value', trimmed, { shouldDirty: true, shouldValidate: true })}
      />
      {errors.value?.message !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad">
          {errors.value.message}
        </p>
      )}
      {other ? (
        <Notice kind="bad" title={`${secretKey} was changed while you edited it`}>
          <p>Version {other.version} is:</p>
          <code className="block max-h-40 overflow-auto font-mono text-sm break-all whitespace-pre-wrap">
            {other.value}
          </code>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button size="sm" onClick={() => settle(other)}>
              Keep my edit
            </Button>
            <Button size="sm" onClick={() => settle(other, other.value)}>
              Use version {other.version}
            </Button>
          </div>
        </Notice>
      ) : (
        <div className="flex gap-2">
          <Button type="submit" size="sm" variant="primary" busy={isSubmitting}>
            Save
          </Button>
          <Button size="sm" onClick={onClose}>
            Cancel
          </Button>
        </div>
      )}
    </form>
  )
}
