import { zodResolver } from '@hookform/resolvers/zod'
import { createApiKey } from '@keyferry/schemas'
import { useState } from 'react'
import { FormProvider } from 'react-hook-form'
import { ShownOnce } from '../../../components/values/shown-once.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions } from '../../../components/ui/dialog.tsx'
import { SelectField, TextField } from '../../../components/ui/field.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { useNewForm } from '../../../lib/forms/new-form.ts'
import { messageOf } from '../../../lib/server/errors.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import { KeyGrants } from './key-grants.tsx'
import type { Rights } from '../../../lib/session/rights.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { words } from '../words.ts'

const LIVES = [7, 30, 90, 365] as const

export function NewKey({ projectId, rights, onDone }: { projectId: string; rights: Rights; onDone: () => void }) {
  const create = trpc.apiKeys.create.useMutation()
  const [token, setToken] = useState<string>()
  const own = rights.grant
  const form = useNewForm({
    resolver: zodResolver(createApiKey),
    defaultValues: {
      name: '',
      grants: [{ projectId, role: own?.role ?? 'developer', scopes: own?.scopes ?? null }],
      expiresInDays: 90,
    },
  })
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (input) => {
    try {
      const answer = await create.mutateAsync(input)
      setToken(answer.token)
      form.reset()
      await markStale('apiKeys.create')
    } catch (error) {
      form.setError('root', { message: messageOf(error) })
    }
  })
  if (token !== undefined) {
    return (
      <div className="grid gap-4">
        <ShownOnce label={words.newKey.apiKey} value={token} warning={words.newKey.shownOnce} />
        <p className="text-sm text-soft">
          {words.newKey.sendAs} <code className="font-mono">Authorization: Bearer …</code> {words.newKey.sendAsText}
        </p>
        <Actions>
          <Button variant="primary" onClick={onDone}>
            {words.newKey.done}
          </Button>
        </Actions>
      </div>
    )
  }
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        <TextField
          label={words.newKey.name}
          placeholder={words.newKey.placeholder}
          autoFocus
          error={errors.name?.message}
          {...form.register('name')}
        />
        <SelectField label={words.newKey.expires} {...form.register('expiresInDays', { valueAsNumber: true })}>
          {LIVES.map((days) => (
            <option key={days} value={days}>
              {words.newKey.days(days)}
            </option>
          ))}
        </SelectField>
        <KeyGrants />
        <p className="text-sm text-soft">{words.newKey.limit}</p>
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <Actions>
          <Button onClick={onDone}>{words.newKey.cancel}</Button>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {words.newKey.createApiKey}
          </Button>
        </Actions>
      </form>
    </FormProvider>
  )
}
