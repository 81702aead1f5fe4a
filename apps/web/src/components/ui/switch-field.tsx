import { useId, type ReactNode } from 'react'

/** An on/off setting with its sentence. */
export function SwitchField({
  label,
  help,
  checked,
  onChange,
  disabled,
}: {
  label: string
  help?: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}) {
  const id = useId()
  return (
    <div className="flex items-start gap-3">
      <input
        type="checkbox"
        role="switch"
        id={id}
        checked={checked}
        aria-checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        className="mt-px h-5 w-9 shrink-0 cursor-[inherit] appearance-none rounded-full border border-edge bg-sunken p-px transition-colors before:block before:size-4 before:rounded-full before:bg-edge before:transition-transform checked:border-accent checked:bg-accent checked:before:translate-x-4 checked:before:bg-on-accent disabled:opacity-55"
      />
      <div className="grid gap-0.5">
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {help !== undefined && (
          <p id={`${id}-help`} className="text-sm text-soft">
            {help}
          </p>
        )}
      </div>
    </div>
  )
}
