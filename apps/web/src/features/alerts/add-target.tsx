import { zodResolver } from '@hookform/resolvers/zod'
import { createNoticeTarget } from '@keyferry/schemas'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { z } from 'zod'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { issuesOf, messageOf } from '../../lib/server/errors.ts'
import { isPlainHttp, PLAIN_HTTP } from '../../lib/forms/plain-http.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { NoticeTarget } from '../../lib/server/types.ts'
import { KINDS, PAGERDUTY_REGIONS } from './kinds.ts'
import { SigningSecret } from './signing-secret.tsx'
import { words } from './words.ts'

type Kind = NoticeTarget['kind']

const CARDS = (Object.keys(KINDS) as Kind[]).map((value) => ({ value, ...KINDS[value] }))

const form = createNoticeTarget
  .pick({ kind: true, address: true })
  .extend({
    name: z.string().trim().max(64),
    projects: z.enum(['this', 'every']),
    integrationKey: z.string().trim(),
    deliveries: z.boolean(),
  })
  .refine(({ kind, integrationKey }) => kind !== 'pagerduty' || integrationKey.length >= 16, {
    path: ['integrationKey'],
    message: words.addTarget.keyMissing,
  })
const EMPTY: z.input<typeof form> = {
  kind: 'slack',
  address: '',
  name: '',
  projects: 'this',
  integrationKey: '',
  deliveries: false,
}

const emptyOf = (kind: Kind): z.input<typeof form> => ({
  ...EMPTY,
  kind,
  address: kind === 'pagerduty' ? PAGERDUTY_REGIONS[0].url : '',
})

/** Adds a recipient, which can be tested before; the secret of a webhook is shown once, in place of the form. */
export function AddTarget({ projectId }: { projectId: string }) {
  const create = trpc.notifications.create.useMutation()
  const attempt = trpc.notifications.try.useMutation()
  const [made, setMade] = useState<{ address: string; secret: string }>()
  const { register, handleSubmit, setError, setValue, reset, watch, formState } = useForm({
    resolver: zodResolver(form),
    defaultValues: EMPTY,
  })
  const { errors } = formState
  const kind = watch('kind')
  const { address, add } = KINDS[kind]

  /** Sends what was filled in; shows where it is refused. */
  const submitTo = <T,>(send: (input: z.input<typeof createNoticeTarget>) => Promise<T>, done: (result: T) => void) =>
    handleSubmit(async ({ kind, address, name, projects, integrationKey, deliveries }) => {
      const own =
        kind === 'pagerduty' ? { secret: integrationKey } : kind === 'webhook' && deliveries ? { deliveries } : {}
      try {
        done(
          await send({
            kind,
            address,
            projectId: projects === 'this' ? projectId : null,
            ...own,
            ...(name !== '' && { name }),
          }),
        )
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
            reset(emptyOf(next))
          }}
          cards={CARDS}
        />
        <div className="grid content-start gap-4">
          {kind === 'pagerduty' ? (
            <>
              <SelectField label={address.label} {...register('address')}>
                {PAGERDUTY_REGIONS.map(({ url, name }) => (
                  <option key={url} value={url}>
                    {name}
                  </option>
                ))}
              </SelectField>
              <PasswordField
                label={words.addTarget.integrationKey}
                help={words.addTarget.keyHelp}
                error={errors.integrationKey?.message}
                {...register('integrationKey')}
              />
            </>
          ) : (
            <TextField
              label={address.label}
              type={kind === 'email' ? 'email' : 'url'}
              help={isPlainHttp(watch('address')) ? PLAIN_HTTP : address.help}
              placeholder={address.placeholder}
              spellCheck={false}
              error={errors.address?.message}
              {...register('address')}
            />
          )}
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
              {add}
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
    </Section>
  )
}
