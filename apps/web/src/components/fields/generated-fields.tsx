import { Controller, useFormContext, useWatch } from 'react-hook-form'
import { isShown, type Values } from '../../lib/forms/form-fields.ts'
import { isPlainHttp, PLAIN_HTTP } from '../../lib/forms/plain-http.ts'
import type { FormField } from '../../lib/server/types.ts'
import { ChoiceField } from './choice-field.tsx'
import { ChoicesField } from './choices-field.tsx'
import { LinesField } from './lines-field.tsx'
import { SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { PasswordField } from '../ui/password-field.tsx'
import { SwitchField } from '../ui/switch-field.tsx'
import type { Asked } from './use-choices.ts'
import { words } from '../words.ts'

interface Props {
  fields: readonly FormField[]
  /** Where in the form the values live, such as `credentials`. */
  under: string
  /** Whom pickers ask. Left out: there are none. */
  asked?: Asked
}

const NOBODY: Asked = { connectionId: '', destination: '', known: {} }

/** Inputs for fields that a destination described. Knows kinds, not vendors. */
export function GeneratedFields({ fields, under, asked = NOBODY }: Props) {
  const { control } = useFormContext()
  const values: Values = useWatch({ control, name: under }) ?? {}
  const labelNameOf = ({ name }: FormField): string | undefined => {
    const label = fields.find(({ labelOf }) => labelOf === name)
    return label && `${under}.${label.name}`
  }
  return fields
    .filter((field) => field.labelOf === null && isShown(field, values))
    .map((field) => (
      <OneField
        key={field.name}
        field={field}
        name={`${under}.${field.name}`}
        labelName={labelNameOf(field)}
        values={values}
        asked={{ ...asked, known: { ...asked.known, ...values } }}
      />
    ))
}

interface OneFieldProps {
  field: FormField
  name: string
  labelName: string | undefined
  values: Values
  asked: Asked
}

function OneField({ field, name, labelName, values, asked }: OneFieldProps) {
  const { register, control, getFieldState, formState } = useFormContext()
  const shared = {
    label: field.label,
    help: field.help ?? undefined,
    optional: !field.required,
    error: getFieldState(name, formState).error?.message,
  }
  const placeholder = field.placeholder ?? undefined
  switch (field.kind) {
    case 'boolean':
      return (
        <Controller
          control={control}
          name={name}
          render={({ field: { value, onChange } }) => (
            <SwitchField
              label={field.label}
              help={field.help ?? undefined}
              checked={value === true}
              onChange={onChange}
            />
          )}
        />
      )
    case 'password':
      return <PasswordField {...shared} placeholder={placeholder} autoComplete="new-password" {...register(name)} />
    case 'select':
      return (
        <SelectField {...shared} {...register(name)}>
          {(!field.required || field.defaultValue === null) && (
            <option value="">{field.required ? words.generatedFields.choose : words.generatedFields.none}</option>
          )}
          {field.options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </SelectField>
      )
    case 'choice':
      return <ChoiceField field={field} name={name} labelName={labelName} asked={asked} error={shared.error} />
    case 'multiline':
      return <TextAreaField {...shared} placeholder={placeholder} spellCheck={false} rows={4} {...register(name)} />
    case 'list':
      if (field.choices !== null) return <ChoicesField field={field} name={name} asked={asked} error={shared.error} />
      return <LinesField {...shared} kind="list" name={name} placeholder={placeholder} />
    case 'pairs':
      return <LinesField {...shared} kind="pairs" name={name} placeholder={placeholder} />
    case 'number':
    case 'url':
    case 'text':
      return (
        <TextField
          {...shared}
          help={isPlainHttp(values[field.name]) ? PLAIN_HTTP : shared.help}
          type={field.kind}
          placeholder={placeholder}
          spellCheck={false}
          {...register(name)}
        />
      )
  }
}
