import { ENVIRONMENT_PLACEHOLDER, KEY_PLACEHOLDER, keySchema } from '@keyferry/schemas'
import { ArrowRight } from 'lucide-react'
import type { ComponentProps } from 'react'
import { targetName } from '../../lib/values/key-schema.ts'
import { TextField } from '../ui/field.tsx'
import { words } from '../words.ts'

interface Props extends Omit<ComponentProps<typeof TextField>, 'label' | 'value' | 'help'> {
  value: string
  /** Real keys of the folder, for the example. */
  keys: readonly string[]
  environment: string
}

/** The template for names at the target, with what it makes of three real keys. */
export function KeySchemaField({ value, keys, environment, ...rest }: Props) {
  const valid = value.trim() === '' || keySchema.safeParse(value).success
  const examples = (keys.length > 0 ? keys : ['DATABASE_URL', 'STRIPE_KEY', 'LOG_LEVEL']).slice(0, 3)
  return (
    <div className="grid gap-2">
      <TextField
        label={words.keySchemaField.keySchema}
        optional
        placeholder={words.keySchemaField.placeholder(KEY_PLACEHOLDER)}
        spellCheck={false}
        className="[&_input]:font-mono [&_input]:text-sm"
        value={value}
        help={
          <>
            {words.keySchemaField.templateForKeyNames} <code className="font-mono text-xs">{KEY_PLACEHOLDER}</code>{' '}
            {words.keySchemaField.nameHelp} <code className="font-mono text-xs">{ENVIRONMENT_PLACEHOLDER}</code>{' '}
            {words.keySchemaField.environmentHelp}
          </>
        }
        {...rest}
      />
      {valid && (
        <ul
          aria-label={words.keySchemaField.exampleNames}
          className="grid gap-1 rounded-md bg-sunken px-3 py-2 font-mono text-xs"
        >
          {examples.map((key) => (
            <li key={key} className="flex flex-wrap items-center gap-x-2 break-all">
              <span className="text-soft">{key}</span>
              <ArrowRight aria-hidden className="size-3 text-faint" />
              <span className="font-medium">{targetName(value.trim(), key, environment)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
