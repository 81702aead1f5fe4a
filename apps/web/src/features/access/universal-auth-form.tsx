import { zodResolver } from '@hookform/resolvers/zod'
import { updateUniversalAuth } from '@keyferry/schemas'
import { Controller, FormProvider, useForm, useWatch } from 'react-hook-form'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import { DurationField } from './duration-field.tsx'
import { TrustedAddresses } from './trusted-addresses.tsx'
import type { UniversalAuth } from './types.ts'

/** Changes how long tokens live, how often they may be used, from where, and when sign-in locks. */
export function UniversalAuthForm({ auth, onDone }: { auth: UniversalAuth; onDone: () => void }) {
  const update = trpc.universalAuth.update.useMutation()
  const { id: _, clientId: _clientId, lockedUntil: _locked, createdAt: _made, updatedAt: _changed, ...settings } = auth
  const form = useForm({ resolver: zodResolver(updateUniversalAuth), defaultValues: settings })
  const { errors, isSubmitting, isDirty } = form.formState
  const lockout = useWatch({ control: form.control, name: 'lockoutEnabled' })
  const whole = { valueAsNumber: true }
  const submit = form.handleSubmit(async (input) => {
    try {
      await update.mutateAsync(input)
      toast.success('Tokens and lock-out saved.')
      await markStale('universalAuth.update')
      onDone()
    } catch (error) {
      form.setError('root', { message: messageOf(error) })
    }
  })
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-2xl gap-4">
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <DurationField name="accessTokenTTL" label="A token lives" />
          <DurationField name="accessTokenMaxTTL" label="With renewals, at most" />
        </div>
        <TextField
          type="number"
          min={0}
          label="Uses of one token"
          help="0: no limit."
          className="[&_input]:max-w-40"
          error={errors.accessTokenNumUsesLimit?.message}
          {...form.register('accessTokenNumUsesLimit', whole)}
        />
        <TrustedAddresses name="clientSecretTrustedIps" label="Addresses that may sign in" />
        <TrustedAddresses name="accessTokenTrustedIps" label="Addresses that may use tokens" />
        <Controller
          control={form.control}
          name="lockoutEnabled"
          render={({ field }) => (
            <SwitchField
              label="Lock sign-in after wrong secrets"
              help="Not needed against guessing: a secret is too long. Anybody who knows the client ID can then stop this machine's sign-in."
              checked={field.value === true}
              onChange={field.onChange}
            />
          )}
        />
        {lockout === true && (
          <div className="grid items-start gap-4 sm:grid-cols-3">
            <TextField
              type="number"
              min={1}
              max={30}
              label="Wrong secrets"
              error={errors.lockoutThreshold?.message}
              {...form.register('lockoutThreshold', whole)}
            />
            <DurationField name="lockoutCounterResetSeconds" label="Within" />
            <DurationField name="lockoutDurationSeconds" label="Lock for" />
          </div>
        )}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" disabled={!isDirty} busy={isSubmitting}>
            Save tokens and lock-out
          </Button>
          <Button onClick={onDone}>Cancel</Button>
        </div>
      </form>
    </FormProvider>
  )
}
