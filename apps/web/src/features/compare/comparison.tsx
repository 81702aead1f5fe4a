import type { comparedEnvironments } from '@keyferry/schemas'
import type { z } from 'zod'
import { Empty } from '../../components/page.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/virtual-rows.tsx'
import { CompareRow } from './compare-row.tsx'
import type { Copying } from './copy-across.tsx'
import { differencesOf, type State } from './differences.ts'

interface Props {
  projectId: string
  left: string
  right: string
  compared: z.output<typeof comparedEnvironments>
  onlyDifferences: boolean
  onOnlyDifferences: (on: boolean) => void
  onCopy: (copying: Copying) => void
}

/** The counts, and every key with what it is on either side. */
export function Comparison({ projectId, left, right, compared, onlyDifferences, onOnlyDifferences, onCopy }: Props) {
  const all = differencesOf(compared)
  const shown = onlyDifferences ? all.filter(({ state }) => state !== 'same') : all
  const number = (state: State) => all.filter((each) => each.state === state).length
  const counts = [
    { word: `only in ${left}`, n: number('only-left'), tone: 'text-accent' },
    { word: `only in ${right}`, n: number('only-right'), tone: 'text-accent' },
    { word: 'different', n: number('different'), tone: 'text-warn' },
    { word: 'the same', n: number('same'), tone: 'text-good' },
  ]
  if (all.length === 0)
    return <Empty title="Neither has a secret here">Choose another folder, or add secrets to one of them.</Empty>
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <ul aria-label="Counts" aria-live="polite" className="flex flex-wrap gap-x-5 gap-y-1 text-sm text-soft">
          {counts.map(({ word, n, tone }) => (
            <li key={word}>
              <span className={`text-lg font-semibold tabular-nums ${n > 0 ? tone : 'text-faint'}`}>{n}</span> {word}
            </li>
          ))}
        </ul>
        <span className="flex-1" />
        <SwitchField label="Differences only" checked={onlyDifferences} onChange={onOnlyDifferences} />
      </div>
      {shown.length === 0 ? (
        <Empty title={`${left} and ${right} are the same here`}>Every key is on both sides with the same value.</Empty>
      ) : (
        <Table label="Comparison">
          <thead>
            <tr>
              <Th>Key</Th>
              <Th className="max-md:hidden">Difference</Th>
              <Th className="w-[28%]">{left}</Th>
              <Th className="w-[28%]">{right}</Th>
            </tr>
          </thead>
          <VirtualRows
            rows={shown}
            idOf={({ secretPath, key }) => `${secretPath} ${key}`}
            height={45}
            render={(difference, virtual) => (
              <CompareRow
                key={`${difference.secretPath} ${difference.key}`}
                {...virtual}
                projectId={projectId}
                left={left}
                right={right}
                difference={difference}
                onCopy={onCopy}
              />
            )}
          />
        </Table>
      )}
    </>
  )
}
