import { Check, Minus } from 'lucide-react'
import { Checkbox as Radix } from 'radix-ui'

export function Checkbox({
  label,
  checked,
  onChange,
  disabled,
}: {
  label: string
  checked: boolean | 'indeterminate'
  onChange: (checked: boolean) => void
  disabled?: boolean
}) {
  return (
    <Radix.Root
      aria-label={label}
      checked={checked}
      disabled={disabled}
      onCheckedChange={(next) => onChange(next === true)}
      className="grid size-4.5 place-items-center rounded border border-edge bg-surface disabled:opacity-40 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent"
    >
      <Radix.Indicator className="text-on-accent">
        {checked === 'indeterminate' ? (
          <Minus aria-hidden className="size-3.5" />
        ) : (
          <Check aria-hidden className="size-3.5" />
        )}
      </Radix.Indicator>
    </Radix.Root>
  )
}
