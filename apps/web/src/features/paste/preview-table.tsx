import type { pastedDotenv } from '@keyferry/schemas'
import type { z } from 'zod'
import { Badge, type Tone } from '../../components/ui/badge.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { HiddenValue } from '../../components/values/hidden-value.tsx'
import { readValue } from '../../lib/server/read-value.ts'
import { direct } from '../../lib/server/trpc.ts'
import type { FolderRef } from '../../lib/server/types.ts'
import { words } from './words.ts'

export type Line = z.output<typeof pastedDotenv>['lines'][number]

const ACTIONS: Record<Line['action'], { word: string; tone: Tone }> = {
  add: { word: words.previewTable.add, tone: 'good' },
  change: { word: words.previewTable.change, tone: 'warn' },
  keep: { word: words.previewTable.unchanged, tone: 'neutral' },
}
/** Lines that are drawn; the others are saved all the same. */
const SHOWN = 500

interface Props {
  place: FolderRef
  /** Of the file. */
  content: string
  lines: readonly Line[]
  /** Keys that are not to be saved. */
  leftOut: ReadonlySet<string>
  onChoose: (key: string, isChosen: boolean) => void
}

/** The lines of a `.env` file, each with what it would do, its values on request and whether it is saved. */
export function PreviewTable({ place, content, lines, leftOut, onChoose }: Props) {
  return (
    <div className="max-h-96 overflow-y-auto">
      <table
        aria-label={words.previewTable.previewChanges}
        className="w-full table-fixed border-collapse text-left text-sm max-sm:block"
      >
        {/* The hidden head would give every column the same width. */}
        <colgroup>
          <col className="w-9" />
          <col className="w-2/5" />
          <col />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th scope="col">{words.previewTable.save}</th>
            <th scope="col">{words.previewTable.key}</th>
            <th scope="col">{words.previewTable.value}</th>
          </tr>
        </thead>
        <tbody className="max-sm:block">
          {lines.slice(0, SHOWN).map((line) => (
            <PreviewRow
              key={line.key}
              place={place}
              content={content}
              line={line}
              isChosen={!leftOut.has(line.key)}
              onChoose={(isChosen) => onChoose(line.key, isChosen)}
            />
          ))}
        </tbody>
      </table>
      {lines.length > SHOWN && (
        <p className="py-2 text-sm text-soft">{words.previewTable.andMore(lines.length - SHOWN)}</p>
      )}
    </div>
  )
}

interface RowProps {
  place: FolderRef
  content: string
  line: Line
  isChosen: boolean
  onChoose: (isChosen: boolean) => void
}

function PreviewRow({ place, content, line: { key, action, version, notes, line }, isChosen, onChoose }: RowProps) {
  const { word, tone } = ACTIONS[action]
  const readNew = async () => {
    const { lines } = await direct.secrets.paste.mutate({
      ...place,
      content,
      keys: [key],
      dryRun: true,
      showValues: true,
    })
    return lines[0]?.value ?? ''
  }
  return (
    <tr
      aria-label={key}
      className="group/row border-t border-line max-sm:grid max-sm:grid-cols-[2.25rem_minmax(0,1fr)]"
    >
      <td className="py-1 align-top">
        {action !== 'keep' && (
          <span className="grid h-7 items-center">
            <Checkbox label={words.previewTable.saveNamed(key)} checked={isChosen} onChange={onChoose} />
          </span>
        )}
      </td>
      <th scope="row" className="py-1 pr-3 text-left align-top font-normal">
        <span className="flex min-h-7 flex-wrap items-center gap-1.5">
          <span className="min-w-0 font-mono font-medium break-all">{key}</span>
          <Badge tone={tone}>{word}</Badge>
        </span>
        {notes.map(({ code, message }) => (
          <p key={code} className="text-xs break-words text-warn">
            {words.previewTable.line(line, message)}
          </p>
        ))}
      </th>
      <td className="py-0.5 align-top max-sm:col-start-2">
        {action === 'change' ? (
          <div className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3">
            <span className="text-xs text-faint">{words.previewTable.old}</span>
            <HiddenValue name={words.previewTable.oldValue(key)} version={version} read={() => readValue(place, key)} />
            <span className="text-xs text-faint">{words.previewTable.new}</span>
            <HiddenValue name={words.previewTable.newValue(key)} read={readNew} />
          </div>
        ) : (
          <HiddenValue name={key} read={readNew} />
        )}
      </td>
    </tr>
  )
}
