import { Button } from '../../../components/ui/button.tsx'
import { findWhiteSpace } from '../../../lib/values/white-space.ts'

/** Says which characters of a value nobody sees, and removes them on request. */
export const WhiteSpaceNote = ({ value, onClean }: { value: string; onClean: (cleaned: string) => void }) =>
  findWhiteSpace(value).map(({ text, cleaned, action }) => (
    <p key={action} className="flex flex-wrap items-center gap-2 text-sm text-warn">
      {text}.
      <Button size="sm" onClick={() => onClean(cleaned)}>
        {action}
      </Button>
    </p>
  ))
