import { zodResolver } from '@hookform/resolvers/zod'
import { createClientSecret } from '@keyferry/schemas'
import { useState } from 'react'
import { ShownOnce } from '../../components/values/shown-once.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions } from '../../components/ui/dialog.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { useNewForm } from '../../lib/forms/new-form.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { CopiedId } from './copied-id.tsx'
import { durationWords } from '../access/duration.ts'
import { words } from './words.ts'

const LIVES = [0, 7, 30, 90, 365].map((days) => days * 86_400)

export function NewClientSecret({
  identityId,
  clientId,
  onDone,
}: {
  identityId: string
  clientId: string
  onDone: () => void
}) {
  const create = trpc.universalAuth.createSecret.useMutation()
  const [secret, setSecret] = useState<string>()
  const { register, handleSubmit, setError, reset, formState } = useNewForm({
    resolver: zodResolver(createClientSecret),
    defaultValues: { identityId, description: '', numUsesLimit: 0, ttl: 0 },
  })
  const { errors, isSubmitting } = formState
  const submit = handleSubmit(async (input) => {
    try {
      const answer = await create.mutateAsync(input)
      setSecret(answer.clientSecret)
      reset()
      await markStale('universalAuth.createSecret')
    } catch (error) {
      setError('root', { message: messageOf(error) })
    }
  })
  if (secret !== undefined) {
    return (
      <div className="grid gap-4">
        <p className="flex flex-wrap items-center gap-1.5 text-sm text-soft">
          {words.newClientSecret.clientId} <CopiedId name={words.copiedId.thisClientId} id={clientId} />
        </p>
        <ShownOnce
          label={words.newClientSecret.clientSecret}
          value={secret}
          warning={words.newClientSecret.shownOnce}
        />
        <Actions>
          <Button variant="primary" onClick={onDone}>
            {words.newClientSecret.done}
          </Button>
        </Actions>
      </div>
    )
  }
  return (
    <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
      {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
      <TextField
        label={words.newClientSecret.description}
        optional
        placeholder={words.newClientSecret.placeholder}
        error={errors.description?.message}
        {...register('description')}
      />
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <SelectField label={words.newClientSecret.expires} {...register('ttl', { valueAsNumber: true })}>
          {LIVES.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds === 0 ? words.newClientSecret.never : durationWords(seconds)}
            </option>
          ))}
        </SelectField>
        <TextField
          type="number"
          min={0}
          label={words.newClientSecret.maxSignIns}
          help={words.newClientSecret.noLimitHelp}
          error={errors.numUsesLimit?.message}
          {...register('numUsesLimit', { valueAsNumber: true })}
        />
      </div>
      <Actions>
        <Button onClick={onDone}>{words.newClientSecret.cancel}</Button>
        <Button type="submit" variant="primary" busy={isSubmitting}>
          {words.newClientSecret.createClientSecret}
        </Button>
      </Actions>
    </form>
  )
}
