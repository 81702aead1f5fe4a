import { visibleParts } from '../../lib/values/white-space.ts'
import { words } from '../words.ts'

/** More of it does not fit into a line. */
const MAX_LINE = 1000

/** A value in clear, with signs for the characters that nobody sees. */
export function ShownValue({ value, isOneLine }: { value: string; isOneLine: boolean }) {
  if (value === '') return <span className="text-faint">{words.hiddenValue.blank}</span>
  return visibleParts(isOneLine ? value.slice(0, MAX_LINE) : value, isOneLine).map(({ text, isSign }, index) =>
    isSign ? (
      <span key={index} className="text-warn select-none">
        {text}
      </span>
    ) : (
      text
    ),
  )
}
