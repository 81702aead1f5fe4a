import { Check, Minus } from 'lucide-react'

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
  const Sign = checked === 'indeterminate' ? Minus : Check
  return (
    <span className="relative grid size-4.5">
      <input
        type="checkbox"
        aria-label={label}
        ref={(box) => {
          if (box) box.indeterminate = checked === 'indeterminate'
        }}
        checked={checked === true}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
        className="size-4.5 cursor-[inherit] appearance-none rounded border border-edge bg-surface checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent disabled:opacity-40"
      />
      {checked !== false && (
        <Sign aria-hidden className="pointer-events-none absolute inset-0 m-auto size-3.5 text-on-accent" />
      )}
    </span>
  )
}
