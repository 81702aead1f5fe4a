import type { pastedDotenv } from '@keyferry/schemas'
import type { z } from 'zod'
import { Card } from '../../components/ui/card.tsx'
import { ScrollList } from '../../components/ui/scroll-list.tsx'

/** What saving the file would do, key by key. Never a value. */
export function PastePreview({ result }: { result: z.output<typeof pastedDotenv> }) {
  const groups = [
    { name: 'Added', tone: 'text-good', keys: result.added },
    { name: 'Changed', tone: 'text-warn', keys: result.changed },
    { name: 'Unchanged', tone: 'text-soft', keys: result.unchanged },
  ]
  return (
    <Card className="grid gap-4 p-4">
      <h2 className="text-base font-semibold">What saving would do</h2>
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
