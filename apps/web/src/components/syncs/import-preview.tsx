import type { ImportPreview } from '../../lib/server/types.ts'
import { Badge, type Tone } from '../ui/badge.tsx'
import { ScrollList } from '../ui/scroll-list.tsx'
import { words } from '../words.ts'

type Key = ImportPreview['keys'][number]

const WORDS: Record<Key['action'], { word: string; tone: Tone }> = {
  new: { word: words.importPreview.add, tone: 'good' },
  changed: { word: words.importPreview.change, tone: 'accent' },
  'left-out': { word: words.importPreview.leftOut, tone: 'warn' },
  kept: { word: words.importPreview.keep, tone: 'neutral' },
  same: { word: words.importPreview.equal, tone: 'neutral' },
}

/** What changes the folder. */
const CHANGES = [
  { of: 'new', word: words.importPreview.added, tone: 'text-good' },
  { of: 'changed', word: words.importPreview.changed, tone: 'text-accent' },
] as const

/** What does not change the folder. */
const REST = [
  { of: 'same', word: words.importPreview.same },
  { of: 'kept', word: words.importPreview.kept },
  { of: 'left-out', word: words.importPreview.skipped },
] as const

/** In the order of what matters most. */
const ORDER = Object.keys(WORDS)

/** What an import adds and changes in the vault, key by key. Never a value. */
export function ImportPreviewView({ preview }: { preview: ImportPreview }) {
  const { summary } = preview
  const keys = preview.keys.toSorted((a, b) => ORDER.indexOf(a.action) - ORDER.indexOf(b.action))
  const changes = CHANGES.filter(({ of }) => summary[of] > 0)
  const rest = REST.flatMap(({ of, word }) => (summary[of] > 0 ? word(summary[of].toLocaleString('en')) : []))
  if (keys.length === 0) return <p className="text-base text-soft">{words.importPreview.empty}</p>
  return (
    <div className="grid gap-3">
      <p aria-live="polite" className="text-base">
        {changes.length === 0 && words.importPreview.noChanges}
        {changes.map(({ of, word, tone }, index) => (
          <span key={of}>
            {index > 0 && ', '}
            <strong className={`font-semibold ${tone}`}>{word(summary[of].toLocaleString('en'))}</strong>
          </span>
        ))}{' '}
        {words.importPreview.inFolder}
        {rest.length > 0 && `; ${rest.join(', ')}`}.
      </p>
      <ScrollList
        aria-label={words.importPreview.label}
        className="max-h-96 divide-y divide-line rounded-lg border border-line bg-surface"
      >
        {keys.map(({ name, key, action, reason }) => (
          <li
            key={name}
            className="grid grid-cols-[5rem_minmax(0,1fr)] items-baseline gap-x-3 gap-y-0.5 px-3 py-1.5 text-sm sm:grid-cols-[5rem_minmax(0,1fr)_minmax(0,1fr)]"
          >
            <span>
              <Badge tone={WORDS[action].tone}>{WORDS[action].word}</Badge>
            </span>
            <span className="font-mono break-all">{key ?? name}</span>
            <span className="break-words text-soft max-sm:col-start-2">
              {reason ?? (key === name ? '' : words.importPreview.nameAtDestination(name))}
            </span>
          </li>
        ))}
      </ScrollList>
    </div>
  )
}
