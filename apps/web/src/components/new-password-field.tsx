import type { ComponentProps } from 'react'
import { Strength } from './strength.tsx'
import { PasswordField } from './ui/password-field.tsx'

/** A password that is chosen now; `typed` is what stands in it. */
export const NewPasswordField = ({ typed, ...rest }: ComponentProps<typeof PasswordField> & { typed: string }) => (
  <PasswordField autoComplete="new-password" help={<Strength password={typed} />} {...rest} />
)
