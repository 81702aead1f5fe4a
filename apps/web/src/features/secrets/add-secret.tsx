import { zodResolver } from '@hookform/resolvers/zod'
import { secretKey, secretValue } from '@keyferry/schemas'
import { Plus } from 'lucide-react'
import type { ClipboardEvent } from 'react'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { TextAreaField, TextField } from '../../components/ui/field.tsx'
import { messageOf } from '../../lib/errors.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Place } from '../../lib/types.ts'
import { useUnsaved } from '../../lib/unsaved.ts'

const newSecret = z.object({ key: secretKey, value: secretValue })

/** The row on top of the table. Stays open after a save, for the next one. */
export function AddSecret({ place }: { place: Place }) {
  const utils = trpc.useUtils()
  const create = trpc.secrets.create.useMutation()
  const { register, handleSubmit, reset, setError, setFocus, setValue, formState } = useForm({
    resolver: zodResolver(newSecret),
    defaultValues: { key: '', value: '' },
  })
  const { errors, isDirty, isSubmitting } = formState
  useUnsaved(isDirty)

  const submit = handleSubmit(async ({ key, value }) => {
    try {
      await create.mutateAsync({ ...place, secretName: key, secretValue: value })
      reset()
      setFocus('key')
      await utils.secrets.rows.invalidate(place)
    } catch (error) {
      setError('key', { message: messageOf(error) })
    }
  })
  /** `KEY=value` pasted into the key field fills both. */
  const split = (event: ClipboardEvent) => {
    const match = /^(?:export\s+)?([A-Za-z_][\w.-]*)\s*=(.*)$/s.exec(event.clipboardData.getData('text').trim())
    if (!match || match[1] === undefined || match[2] === undefined) return
    event.preventDefault()
    setValue('key', match[1], { shouldDirty: true })
    setValue('value', match[2].replace(/^(['"])([\s\S]*)\1$/, '$2'), { shouldDirty: true })
  }
  return (
    <form
      aria-label="Add a secret"
      onSubmit={(event) => void submit(event)}
      noValidate
      className="grid items-start gap-3 rounded-lg border border-line bg-surface p-3 md:grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto]"
    >
      <TextField
        label="Key"
        placeholder="DATABASE_URL"
        spellCheck={false}
        autoCapitalize="off"
        className="[&_input]:font-mono [&_input]:text-sm"
        error={errors.key?.message}
        onPaste={split}
        {...register('key')}
      />
      <TextAreaField
        label="Value"
        rows={1}
        spellCheck={false}
        autoComplete="off"
        className="[&_textarea]:field-sizing-content [&_textarea]:max-h-64 [&_textarea]:min-h-9 [&_textarea]:resize-none [&_textarea]:py-1.5 [&_textarea]:font-mono [&_textarea]:text-sm"
        error={errors.value?.message}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit()
        }}
        {...register('value')}
      />
      <Button type="submit" variant="primary" busy={isSubmitting} className="md:mt-6.5">
        <Plus aria-hidden className="size-4" /> Add secret
      </Button>
    </form>
  )
}
