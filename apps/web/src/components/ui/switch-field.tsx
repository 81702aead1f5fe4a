import { Switch } from 'radix-ui'
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
      <Switch.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-describedby={help === undefined ? undefined : `${id}-help`}
        className="mt-px h-5 w-9 shrink-0 rounded-full border border-edge bg-sunken p-px transition-colors disabled:opacity-55 data-[state=checked]:border-accent data-[state=checked]:bg-accent"
      >
        <Switch.Thumb className="block size-4 rounded-full bg-edge transition-transform data-[state=checked]:translate-x-4 data-[state=checked]:bg-on-accent" />
      </Switch.Root>
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
