import type { ComponentProps } from 'react'
import { TextField } from '../ui/field.tsx'
import { words } from '../words.ts'

/** Six digits from an authenticator app; devices that hold them offer to fill them in. */
export const CodeField = (props: Omit<ComponentProps<typeof TextField>, 'label'>) => (
  <TextField
    label={words.codeField.sixDigitCode}
    inputMode="numeric"
    autoComplete="one-time-code"
    maxLength={7}
    spellCheck={false}
    className="[&_input]:max-w-44 [&_input]:font-mono [&_input]:text-lg [&_input]:tracking-widest"
    {...props}
  />
)
