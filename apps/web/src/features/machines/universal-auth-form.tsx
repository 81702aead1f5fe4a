import { zodResolver } from '@hookform/resolvers/zod'
import { updateUniversalAuth } from '@keyferry/schemas'
import { Controller, FormProvider, useWatch } from 'react-hook-form'
import { Button } from '../../components/ui/button.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { useStoredForm } from '../../lib/forms/stored-form.ts'
import { useTypedOver } from '../../lib/forms/typed-over.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { DurationField } from './duration-field.tsx'
import { TrustedAddresses } from './trusted-addresses.tsx'
import type { UniversalAuth } from '../access/types.ts'
import { words } from './words.ts'

/** Changes how long tokens live, how often they may be used, from where, and when sign-in locks. */
export function UniversalAuthForm({ auth, onDone }: { auth: UniversalAuth; onDone: () => void }) {
  const update = trpc.universalAuth.update.useMutation()
  const { id: _, clientId: _clientId, lockedUntil: _locked, createdAt: _made, updatedAt, ...settings } = auth
  const { isTyped, typedOf, ...form } = useStoredForm(settings, zodResolver(updateUniversalAuth))
  const ifUpdatedAt = useTypedOver(updatedAt, isTyped)
  const { errors, isSubmitting } = form.formState
  const lockout = useWatch({ control: form.control, name: 'lockoutEnabled' })
  const whole = { valueAsNumber: true }
  const submit = form.handleSubmit(async (input) => {
    try {
      await update.mutateAsync({ identityId: auth.identityId, ifUpdatedAt, ...typedOf(input) })
      toast.success(words.universalAuthForm.saved)
      await markStale('universalAuth.update')
      onDone()
    } catch (error) {
      form.setError('root', { message: messageOf(error) })
    }
  })
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-2xl gap-4">
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <DurationField name="accessTokenTTL" label={words.universalAuthForm.tokenLifetime} />
          <DurationField name="accessTokenMaxTTL" label={words.universalAuthForm.maxTokenLifetime} />
        </div>
        <TextField
          type="number"
          min={0}
          label={words.universalAuthForm.usesOneToken}
          help={words.universalAuthForm.noLimitHelp}
          className="[&_input]:max-w-40"
          error={errors.accessTokenNumUsesLimit?.message}
          {...form.register('accessTokenNumUsesLimit', whole)}
        />
        <TrustedAddresses name="clientSecretTrustedIps" label={words.universalAuthForm.signInAddresses} />
        <TrustedAddresses name="accessTokenTrustedIps" label={words.universalAuthForm.tokenAddresses} />
        <Controller
          control={form.control}
          name="lockoutEnabled"
          render={({ field }) => (
            <SwitchField
              label={words.universalAuthForm.lockout}
              help={words.universalAuthForm.lockoutHelp}
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
              label={words.universalAuthForm.wrongSecrets}
              error={errors.lockoutThreshold?.message}
              {...form.register('lockoutThreshold', whole)}
            />
            <DurationField name="lockoutCounterResetSeconds" label={words.universalAuthForm.within} />
            <DurationField name="lockoutDurationSeconds" label={words.universalAuthForm.lockFor} />
          </div>
        )}
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" disabled={!isTyped} busy={isSubmitting}>
            {words.universalAuthForm.save}
          </Button>
          <Button onClick={onDone}>{words.universalAuthForm.cancel}</Button>
        </div>
      </form>
    </FormProvider>
  )
}
