import { useState } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { Field, control } from '../../components/ui/field.tsx'
import { cn } from '../../lib/cn.ts'
import { UNITS, unitOf } from '../access/duration.ts'
import { words } from './words.ts'

/** A length of time; the form holds seconds. */
export function DurationField({ name, label }: { name: string; label: string }) {
  const form = useFormContext()
  const { field, fieldState } = useController({ control: form.control, name })
  const seconds: number = field.value
  const [unit, setUnit] = useState(() => unitOf(seconds))
  return (
    <Field label={label} error={fieldState.error?.message}>
      {(ids) => (
        <div className="flex max-w-64 gap-2">
          <input
            type="number"
            min={0}
            className={cn(control, 'h-9 px-3 tabular-nums')}
            value={Number.isNaN(seconds) ? '' : seconds / unit.seconds}
            onChange={(event) => field.onChange(Math.round(event.target.valueAsNumber * unit.seconds))}
            onBlur={field.onBlur}
            ref={field.ref}
            {...ids}
          />
          <select
            aria-label={words.durationField.unitNamed(label)}
            className={cn(control, 'h-9 w-28 shrink-0 px-2.5')}
            value={unit.name}
            onChange={(event) => {
              const next = UNITS.find(({ name }) => name === event.target.value)
              if (!next) return
              field.onChange((seconds / unit.seconds) * next.seconds)
              setUnit(next)
            }}
          >
            {UNITS.map((each) => (
              <option key={each.name} value={each.name}>
                {words.durationField[each.name]}
              </option>
            ))}
          </select>
        </div>
      )}
    </Field>
  )
}
