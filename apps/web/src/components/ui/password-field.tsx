import { Eye, EyeOff } from 'lucide-react'
import { useState, type ComponentProps, type ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import { control, Field } from './field.tsx'
import { words } from './words.ts'

interface Props extends ComponentProps<'input'> {
  label: string
  help?: ReactNode
  error?: string | undefined
  optional?: boolean
}

/** A secret input whose characters can be shown while typing. */
export function PasswordField({ label, help, error, optional, className, ...rest }: Props) {
  const [shown, setShown] = useState(false)
  const Icon = shown ? EyeOff : Eye
  return (
    <Field
      label={label}
      help={help}
      error={error}
      optional={optional}
      {...(className === undefined ? {} : { className })}
    >
      {(ids) => (
        <div className="relative">
          <input
            type={shown ? 'text' : 'password'}
            spellCheck={false}
            autoComplete="off"
            className={cn(control, 'h-9 pr-10 pl-3')}
            {...rest}
            {...ids}
          />
          <button
            type="button"
            aria-label={shown ? words.passwordField.hideCharacters : words.passwordField.showCharacters}
            onClick={() => setShown(!shown)}
            className="absolute inset-y-0 right-0 grid w-9 place-items-center rounded-md text-soft hover:text-ink"
          >
            <Icon aria-hidden className="size-4" />
          </button>
        </div>
      )}
    </Field>
  )
}
