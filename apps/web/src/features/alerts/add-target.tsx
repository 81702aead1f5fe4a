import { zodResolver } from '@hookform/resolvers/zod'
import type { createNoticeTarget } from '@keyferry/schemas'
import { useState } from 'react'
import { FormProvider } from 'react-hook-form'
import type { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { useNewForm } from '../../lib/forms/new-form.ts'
import { issuesOf, messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { AddressFields } from './address-fields.tsx'
import { KINDS } from './kinds.ts'
import { SigningSecret } from './signing-secret.tsx'
import { emptyOf, inputOf, targetForm, type Kind } from './target-form.ts'
import { words } from './words.ts'

const CARDS = (Object.keys(KINDS) as Kind[]).map((value) => ({ value, ...KINDS[value] }))

/** Adds a recipient, which can be tested before; the secret of a webhook is shown once, in place of the form. */
export function AddTarget({ projectId }: { projectId: string }) {
  const create = trpc.notifications.create.useMutation()
  const attempt = trpc.notifications.try.useMutation()
  const [made, setMade] = useState<{ address: string; secret: string }>()
  const form = useNewForm({ resolver: zodResolver(targetForm), defaultValues: emptyOf('slack') })
  const { register, handleSubmit, setError, getValues, setValue, reset, watch } = form
  const { errors } = form.formState
  const kind = watch('kind')

  /** Sends what was filled in; shows where it is refused. */
  const submitTo = <T,>(send: (input: z.input<typeof createNoticeTarget>) => Promise<T>, done: (result: T) => void) =>
    handleSubmit(async (fields) => {
      try {
        done(await send(inputOf(fields, projectId)))
      } catch (error) {
        const [issue] = issuesOf(error)
        if (issue?.path.at(-1) === 'address') setError('address', { message: issue.message }, { shouldFocus: true })
        else setError('root', { message: messageOf(error) })
      }
    })
  const submit = submitTo(create.mutateAsync, ({ name, address, secret }) => {
    attempt.reset()
    reset(emptyOf(kind))
    if (secret !== null) setMade({ address, secret })
    else toast.success(words.addTarget.added(name ?? address))
    void markStale('notifications.create')
  })
  const tryOut = submitTo(attempt.mutateAsync, () => undefined)
  if (made) return <SigningSecret {...made} onDone={() => setMade(undefined)} />
  return (
    <Section title={words.addTarget.title}>
      <FormProvider {...form}>
        <form
          className="grid gap-x-8 gap-y-4 max-2xl:max-w-2xl 2xl:grid-cols-2"
          noValidate
          onSubmit={(event) => void submit(event)}
        >
          <RadioCards
            label={words.addTarget.kind}
            value={kind}
            onChange={(next) => {
              attempt.reset()
              const { name, projects } = getValues()
              reset({ ...emptyOf(next), name, projects })
            }}
            cards={CARDS}
          />
          <div className="grid content-start gap-4">
            <AddressFields />
            <TextField
              label={words.addTarget.name}
              optional
              placeholder={words.addTarget.namePlaceholder}
              error={errors.name?.message}
              {...register('name')}
            />
            <SelectField label={words.addTarget.forSyncs} {...register('projects')}>
              <option value="this">{words.addTarget.thisProject}</option>
              <option value="every">{words.addTarget.everyProject}</option>
            </SelectField>
            {kind === 'webhook' && (
              <SwitchField
                label={words.addTarget.deliveries}
                help={words.addTarget.deliveriesHelp}
                checked={watch('deliveries')}
                onChange={(next) => setValue('deliveries', next)}
              />
            )}
            {errors.root?.message !== undefined && (
              <Notice kind="bad" title={words.addTarget.failed}>
                {errors.root.message}
              </Notice>
            )}
            {attempt.data?.delivered === false && (
              <Notice kind="bad" title={words.addTarget.testFailed}>
                {attempt.data.message}
              </Notice>
            )}
            <div className="flex flex-wrap items-center gap-3">
              <Button type="submit" variant="primary" busy={create.isPending}>
                {KINDS[kind].add}
              </Button>
              <Button busy={attempt.isPending} onClick={() => void tryOut()}>
                {words.addTarget.sendTest}
              </Button>
              <p role="status" className="text-sm text-soft">
                {attempt.data?.delivered === true && words.addTarget.testArrived}
              </p>
            </div>
          </div>
        </form>
      </FormProvider>
    </Section>
  )
}
