import { Search } from 'lucide-react'
import { cn } from '../lib/cn.ts'
import { Shortcut } from './shortcut.tsx'
import { control } from './ui/field.tsx'

/** Narrows the table under it. */
export const SearchField = ({
  label,
  placeholder = label,
  value,
  onChange,
}: {
  label: string
  placeholder?: string
  value: string
  onChange: (text: string) => void
}) => (
  <div className="relative w-full sm:w-56">
    <Search aria-hidden className="absolute top-2.5 left-2.5 size-4 text-faint" />
    <input
      type="search"
      data-shortcut="/"
      aria-label={label}
      placeholder={placeholder}
      className={cn(control, 'h-9 pr-2 pl-8.5')}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
    {value === '' && (
      <span className="pointer-events-none absolute top-2 right-2.5 text-soft">
        <Shortcut name="/" />
      </span>
    )}
  </div>
)
