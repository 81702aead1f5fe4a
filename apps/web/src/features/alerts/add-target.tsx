import { zodResolver } from '@hookform/resolvers/zod'
import { createNoticeTarget } from '@keyferry/schemas'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { issuesOf, messageOf } from '../../lib/errors.ts'
import { isPlainHttp, PLAIN_HTTP } from '../../lib/plain-http.ts'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import { SigningSecret } from './signing-secret.tsx'

const KINDS = [
  {
    value: 'webhook',
    title: 'Webhook',
    text: 'Posts JSON to a URL, signed with a secret that only the two of you know.',
  },
  { value: 'email', title: 'E-mail', text: 'Writes to one address, through the mail server of this instance.' },
] as const

const form = createNoticeTarget.pick({ kind: true, address: true }).extend({ projects: z.enum(['this', 'every']) })
const EMPTY: z.input<typeof form> = { kind: 'webhook', address: '', projects: 'this' }

/** Adds a target; the secret of a webhook is shown once, in place of the form. */
export function AddTarget({ projectId }: { projectId: string }) {
  const create = trpc.notifications.create.useMutation()
  const [made, setMade] = useState<{ address: string; secret: string }>()
  const { register, handleSubmit, setError, reset, watch, setValue, clearErrors, formState } = useForm({
    resolver: zodResolver(form),
    defaultValues: EMPTY,
  })
  const { errors, isSubmitting } = formState
  const kind = watch('kind')

  const submit = handleSubmit(async ({ kind, address, projects }) => {
    try {
      const target = await create.mutateAsync({ kind, address, projectId: projects === 'this' ? projectId : null })
      await markStale('notifications.create')
      reset({ ...EMPTY, kind })
      if (target.secret !== null) setMade({ address: target.address, secret: target.secret })
      else toast.success(`${target.address}: added.`)
    } catch (error) {
      const [issue] = issuesOf(error)
      if (issue?.path.at(-1) === 'address') setError('address', { message: issue.message }, { shouldFocus: true })
      else setError('root', { message: messageOf(error) })
    }
  })
  if (made) return <SigningSecret {...made} onDone={() => setMade(undefined)} />
  return (
    <Section title="Add recipient">
      <form className="grid max-w-2xl gap-4" noValidate onSubmit={(event) => void submit(event)}>
        {errors.root?.message !== undefined && (
          <Notice kind="bad" title="Nothing was added">
            {errors.root.message}
          </Notice>
        )}
        <RadioCards
          label="How"
          value={kind}
          onChange={(next) => {
            setValue('kind', next)
            clearErrors()
          }}
          cards={KINDS}
        />
        <TextField
          label={kind === 'webhook' ? 'URL' : 'E-mail address'}
          type={kind === 'webhook' ? 'url' : 'email'}
          help={
            kind === 'webhook'
              ? isPlainHttp(watch('address'))
                ? PLAIN_HTTP
                : 'Its path may be a secret: from now on only the host is shown.'
              : undefined
          }
          placeholder={kind === 'webhook' ? 'https://hooks.example.com/…' : 'oncall@example.com'}
          spellCheck={false}
          error={errors.address?.message}
          {...register('address')}
        />
        <SelectField label="For the syncs of" {...register('projects')}>
          <option value="this">This project</option>
          <option value="every">Every project</option>
        </SelectField>
        <div>
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {kind === 'webhook' ? 'Add webhook' : 'Add e-mail address'}
          </Button>
        </div>
      </form>
    </Section>
  )
}
