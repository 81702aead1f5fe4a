import { count } from '@keyferry/schemas/count'
import { zodResolver } from '@hookform/resolvers/zod'
import { createApiKey } from '@keyferry/schemas'
import { useState } from 'react'
import { FormProvider, useForm } from 'react-hook-form'
import { ShownOnce } from '../../components/shown-once.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions } from '../../components/ui/dialog.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import { trpc } from '../../lib/trpc.ts'
import { KeyGrants } from './key-grants.tsx'
import type { Rights } from '../../lib/rights.ts'
import { markStale } from '../../lib/stale.ts'

const LIVES = [7, 30, 90, 365] as const

export function NewKey({ projectId, rights, onDone }: { projectId: string; rights: Rights; onDone: () => void }) {
  const create = trpc.apiKeys.create.useMutation()
  const [token, setToken] = useState<string>()
  const own = rights.grant
  const form = useForm({
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
      await markStale('apiKeys.create')
    } catch (error) {
      form.setError('root', { message: messageOf(error) })
    }
  })
  if (token !== undefined) {
    return (
      <div className="grid gap-4">
        <ShownOnce
          label="API key"
          value={token}
          warning="Keyferry keeps only a digest. Once you close this, nobody can show this key again."
        />
        <p className="text-sm text-soft">
          Send it as <code className="font-mono">Authorization: Bearer …</code> with every call of the REST API.
        </p>
        <Actions>
          <Button variant="primary" onClick={onDone}>
            I stored it
          </Button>
        </Actions>
      </div>
    )
  }
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid gap-4">
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <TextField
          label="Name"
          placeholder="What uses it"
          autoFocus
          error={errors.name?.message}
          {...form.register('name')}
        />
        <SelectField label="Ends after" {...form.register('expiresInDays', { valueAsNumber: true })}>
          {LIVES.map((days) => (
            <option key={days} value={days}>
              {count(days, 'day')}
            </option>
          ))}
        </SelectField>
        <KeyGrants />
        <p className="text-sm text-soft">Whatever is chosen here, it never may more than you.</p>
        <Actions>
          <Button onClick={onDone}>Cancel</Button>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            Create API key
          </Button>
        </Actions>
      </form>
    </FormProvider>
  )
}
