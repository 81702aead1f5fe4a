import { zodResolver } from '@hookform/resolvers/zod'
import { secretValue } from '@keyferry/schemas'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { control } from '../../components/ui/field.tsx'
import { cn } from '../../lib/cn.ts'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'
import { useUnsaved } from '../../lib/unsaved.ts'

/** Edits a value in place, over as many lines as it has. Ctrl+Enter saves, Escape gives up. */
export function ValueEditor({
  place,
  secretKey,
  initial,
  onClose,
}: {
  place: FolderRef
  secretKey: string
  initial: string
  onClose: () => void
}) {
  const update = trpc.secrets.update.useMutation()
  const { register, handleSubmit, setError, formState } = useForm({
    resolver: zodResolver(z.object({ value: secretValue })),
    defaultValues: { value: initial },
  })
  const { errors, isDirty, isSubmitting } = formState
  useUnsaved(isDirty)

  const submit = handleSubmit(async ({ value }) => {
    try {
      if (isDirty) await update.mutateAsync({ ...place, key: secretKey, value })
      await markStale('secrets.update')
      onClose()
    } catch (error) {
      setError('value', { message: messageOf(error) })
    }
  })
  return (
    <form onSubmit={(event) => void submit(event)} className="grid w-full min-w-40 gap-2 py-1">
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
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit()
        }}
      />
      {errors.value?.message !== undefined && (
        <p role="alert" className="text-sm font-medium text-bad">
          {errors.value.message}
        </p>
      )}
      <div className="flex gap-2">
        <Button type="submit" size="sm" variant="primary" busy={isSubmitting}>
          Save
        </Button>
        <Button size="sm" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
