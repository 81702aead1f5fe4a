import { useFormContext } from 'react-hook-form'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { PasswordField } from '../../components/ui/password-field.tsx'
import { isPlainHttp, PLAIN_HTTP } from '../../lib/forms/plain-http.ts'
import { KINDS, PAGERDUTY_REGIONS } from './kinds.ts'
import type { TargetFields } from './target-form.ts'
import { words } from './words.ts'

/** Where a recipient is, as its channel says it. Inside the form of a recipient. */
export function AddressFields() {
  const { register, watch, formState } = useFormContext<TargetFields>()
  const { errors } = formState
  const kind = watch('kind')
  const { address } = KINDS[kind]
  if (kind !== 'pagerduty')
    return (
      <TextField
        label={address.label}
        type={kind === 'email' ? 'email' : 'url'}
        help={isPlainHttp(watch('address')) ? PLAIN_HTTP : address.help}
        placeholder={address.placeholder}
        spellCheck={false}
        error={errors.address?.message}
        {...register('address')}
      />
    )
  return (
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
  )
}
