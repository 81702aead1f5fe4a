import type { ComponentProps } from 'react'
import { Strength } from './strength.tsx'
import { PasswordField } from '../ui/password-field.tsx'

/** A password that is chosen now; `typed` is what stands in it. An error says more than its strength. */
export const NewPasswordField = ({
  typed,
  error,
  ...rest
}: ComponentProps<typeof PasswordField> & { typed: string }) => (
  <PasswordField
    autoComplete="new-password"
    help={error === undefined ? <Strength password={typed} /> : undefined}
    error={error}
    {...rest}
  />
)
