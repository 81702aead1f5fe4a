import { Button } from '../../components/ui/button.tsx'

/** Says that a value begins or ends with white space, which nobody sees, and takes it away on request. */
export function WhiteSpaceNote({ value, onTrim }: { value: string; onTrim: (trimmed: string) => void }) {
  const trimmed = value.trim()
  if (trimmed === value || trimmed === '') return null
  const places = [
    value.startsWith(trimmed[0] ?? '') ? [] : 'begins',
    value.endsWith(trimmed.at(-1) ?? '') ? [] : 'ends',
  ]
  return (
    <span className="flex flex-wrap items-center gap-2 text-sm text-warn">
      The value {places.flat().join(' and ')} with {/[\r\n]/.test(ends(value, trimmed)) ? 'a line break' : 'a space'}.
      <Button size="sm" onClick={() => onTrim(trimmed)}>
        Trim
      </Button>
    </span>
  )
}

const ends = (value: string, trimmed: string): string => value.replace(trimmed, '')
