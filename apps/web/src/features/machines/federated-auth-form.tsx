import type { FederatedMethod } from '@keyferry/schemas'
import { FormProvider, type UseFormRegisterReturn } from 'react-hook-form'
import { Button } from '../../components/ui/button.tsx'
import { SelectField, TextAreaField, TextField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { useStoredForm } from '../../lib/forms/stored-form.ts'
import { useTypedOver } from '../../lib/forms/typed-over.ts'
import { messageOf } from '../../lib/server/errors.ts'
import { DurationField } from './duration-field.tsx'
import { FEDERATED_FIELDS, textOf, valueOf, type FederatedField, type FederatedValues } from './federated-auth.ts'
import { TrustedAddresses } from './trusted-addresses.tsx'
import { words } from './words.ts'

interface Props {
  method: FederatedMethod
  /** As the API answers them, or what a preset fills in. */
  values: FederatedValues
  /** Of the button. */
  action: string
  /** When they were changed last; absent while they are not stored. */
  updatedAt?: string
  /** `typed`: the names of the fields that were typed into; `over`: `updatedAt` as it was before. */
  onSave: (values: FederatedValues, typed: ReadonlySet<string>, over: string) => Promise<void>
  onCancel: () => void
}

const TOKEN_FIELDS = [
  'accessTokenTTL',
  'accessTokenMaxTTL',
  'accessTokenNumUsesLimit',
  'accessTokenTrustedIps',
] as const

/** Whose tokens a machine signs in with, which of them, and the access tokens that it gets. */
export function FederatedAuthForm({ method, values, action, updatedAt = '', onSave, onCancel }: Props) {
  const fields = FEDERATED_FIELDS[method]
  const { isTyped, typedOf, ...form } = useStoredForm<FederatedValues, FederatedValues>({
    ...Object.fromEntries(fields.map((field) => [field.name, textOf(field, values[field.name])])),
    ...Object.fromEntries(TOKEN_FIELDS.map((name) => [name, values[name]])),
  })
  const over = useTypedOver(updatedAt, isTyped)
  const { errors, isSubmitting } = form.formState
  const submit = form.handleSubmit(async (sent) => {
    try {
      const shown = {
        ...Object.fromEntries(fields.map((field) => [field.name, valueOf(field, String(sent[field.name]))])),
        ...Object.fromEntries(TOKEN_FIELDS.map((name) => [name, sent[name]])),
      }
      await onSave(shown, new Set(Object.keys(typedOf(sent))), over)
    } catch (error) {
      form.setError('root', { message: messageOf(error) })
    }
  })
  return (
    <FormProvider {...form}>
      <form onSubmit={(event) => void submit(event)} noValidate className="grid max-w-2xl gap-4">
        {fields.map((field) => (
          <FederatedInput key={field.name} field={field} {...form.register(field.name)} />
        ))}
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <DurationField name="accessTokenTTL" label={words.federatedAuthForm.tokenLifetime} />
          <DurationField name="accessTokenMaxTTL" label={words.federatedAuthForm.maxTokenLifetime} />
        </div>
        <TextField
          type="number"
          min={0}
          label={words.federatedAuthForm.usesOneToken}
          help={words.federatedAuthForm.noLimitHelp}
          className="[&_input]:max-w-40"
          {...form.register('accessTokenNumUsesLimit', { valueAsNumber: true })}
        />
        <TrustedAddresses name="accessTokenTrustedIps" label={words.federatedAuthForm.tokenAddresses} />
        {errors.root?.message !== undefined && <Notice kind="bad">{errors.root.message}</Notice>}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="primary" busy={isSubmitting}>
            {action}
          </Button>
          <Button onClick={onCancel}>{words.federatedAuthForm.cancel}</Button>
        </div>
      </form>
    </FormProvider>
  )
}

function FederatedInput({
  field: { label, kind, help, options },
  ...registered
}: { field: FederatedField } & UseFormRegisterReturn) {
  const shared = { label, help, spellCheck: false, ...registered }
  if (kind === 'choice')
    return (
      <SelectField label={label} help={help} {...registered}>
        {options?.map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </SelectField>
    )
  if (kind === 'text') return <TextField {...shared} className="[&_input]:font-mono" />
  if (kind === 'secret') return <TextField {...shared} type="password" autoComplete="new-password" />
  return <TextAreaField {...shared} className="[&_textarea]:font-mono" />
}
