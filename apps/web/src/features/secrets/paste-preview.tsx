import type { pastedDotenv } from '@keyferry/schemas'
import { count } from '@keyferry/schemas/count'
import type { z } from 'zod'
import { Card } from '../../components/ui/card.tsx'
import { ScrollList } from '../../components/ui/scroll-list.tsx'

/** What saving the file would do, key by key, and what a person should know of single lines. Never a value. */
export function PastePreview({ result }: { result: z.output<typeof pastedDotenv> }) {
  const groups = [
    { name: 'Added', tone: 'text-good', keys: result.added },
    { name: 'Changed', tone: 'text-warn', keys: result.changed },
    { name: 'Unchanged', tone: 'text-soft', keys: result.unchanged },
  ]
  const noted = result.lines.filter(({ notes }) => notes.length > 0)
  return (
    <Card className="grid gap-4 p-4">
      <h2 className="text-base font-semibold">Preview changes</h2>
      <div aria-live="polite" className="grid gap-4 sm:grid-cols-3">
        {groups.map(({ name, tone, keys }) => (
          <div key={name} className="min-w-0">
            <p className={`text-sm font-medium ${tone}`}>
              <span className="text-2xl font-semibold tabular-nums">{keys.length}</span> {name.toLowerCase()}
            </p>
            <ScrollList aria-label={name} className="mt-1 max-h-48 font-mono text-xs leading-5 break-all text-soft">
              {keys.map((key) => (
                <li key={key}>{key}</li>
              ))}
            </ScrollList>
          </div>
        ))}
      </div>
      {noted.length > 0 && (
        <div className="border-t border-line pt-3">
          <p className="text-sm font-medium text-warn">{count(noted.length, 'key')} to look at before saving</p>
          <ScrollList aria-label="Notes" className="mt-1 max-h-64 text-sm leading-6">
            {noted.map(({ key, line, notes }) => (
              <li key={key} className="break-words">
                <span className="font-mono">{key}</span> (line {line}) {notes.map(({ message }) => message).join('; ')}
              </li>
            ))}
          </ScrollList>
        </div>
      )}
      {result.refused.length > 0 && (
        <div className="border-t border-line pt-3">
          <p className="text-sm font-medium text-bad">{result.refused.length} refused; the others can still be saved</p>
          <ul aria-label="Refused" className="mt-1 grid gap-1 text-sm">
            {result.refused.map(({ key, reason }, index) => (
              <li key={index} className="break-words">
                <span className="font-mono">{key}</span>: {reason}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  )
}
