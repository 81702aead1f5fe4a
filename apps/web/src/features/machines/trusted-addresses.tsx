import { useState } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { TextAreaField } from '../../components/ui/field.tsx'
import { words } from './words.ts'

interface Address {
  ipAddress: string
}

/** Addresses and ranges, one per line; the form holds them as the API takes them. */
export function TrustedAddresses({ name, label }: { name: string; label: string }) {
  const form = useFormContext()
  const {
    field: { value, onChange, onBlur, ref },
    fieldState,
  } = useController({ control: form.control, name })
  const given: readonly Address[] = value
  // What is typed stays as it is typed: half an address is none yet.
  const [typed, setTyped] = useState<string>()
  return (
    <TextAreaField
      label={label}
      help={words.trustedAddresses.help}
      rows={2}
      spellCheck={false}
      className="[&_textarea]:font-mono"
      error={fieldState.invalid ? words.trustedAddresses.invalid : undefined}
      value={typed ?? given.map(({ ipAddress }) => ipAddress).join('\n')}
      onChange={(event) => {
        setTyped(event.target.value)
        const lines = event.target.value.split('\n').map((line) => line.trim())
        onChange(lines.filter((line) => line !== '').map((ipAddress) => ({ ipAddress })))
      }}
      onBlur={onBlur}
      ref={ref}
    />
  )
}
