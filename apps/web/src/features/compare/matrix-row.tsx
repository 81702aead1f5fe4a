import { memo, useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { RowTh, Tr } from '../../components/ui/table.tsx'
import type { RowProps } from '../../components/rows/virtual-rows.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { inFolder, type Rights } from '../../lib/session/rights.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { offerUndo } from '../../lib/server/undo.ts'
import { direct } from '../../lib/server/trpc.ts'
import type { FolderRef, MatrixRow } from '../../lib/server/types.ts'
import { copySecrets } from '../secrets/selection/copy-secrets.ts'
import { MissingCell, PresentCell, type Column } from './matrix-cell.tsx'
import { words } from './words.ts'

const CopyDialog = onDemand(async () => (await import('../secrets/selection/copy-dialog.tsx')).CopyDialog)

interface Props extends RowProps {
  projectId: string
  columns: readonly Column[]
  row: MatrixRow
  whyNot: Rights['whyNot']
}

/** One key in every environment: the same as in the first that has it, different, or missing. */
export const MatrixTableRow = memo(function MatrixTableRow({ index, measure, projectId, columns, row, whyNot }: Props) {
  const { key, secretPath, groups } = row
  const [copying, setCopying] = useState<{ from: string; to: string }>()
  const [isBusy, setBusy] = useState(false)
  const at = (environment: string): FolderRef => ({ projectId, environment, secretPath })
  const first = columns[groups.findIndex((group) => group !== null)]?.environment
  const notWritten = (environment: string) => whyNot('secrets.write', inFolder(at(environment)))
  /** What is missing is written at once, with a way back. */
  const fill = async (from: string, to: string) => {
    setBusy(true)
    try {
      const [written] = await copySecrets(at(from), at(to), [key], new Map())
      offerUndo(words.matrixRow.copiedFrom(key, from, to), async (overwrites) => {
        const ifVersion = overwrites ? undefined : written?.version
        await direct.secrets.deleteMany.mutate({ ...at(to), secrets: [{ key, ifVersion }] })
        await markStale('secrets.deleteMany')
        return words.matrixRow.removed(key, to)
      })
    } catch (error) {
      toast.error(words.matrixRow.notCopied(key, messageOf(error)))
    } finally {
      setBusy(false)
    }
  }
  const copy = (from: string, to: string): void => {
    if (groups[columns.findIndex(({ environment }) => environment === to)] === null) void fill(from, to)
    else setCopying({ from, to })
  }
  return (
    <Tr ref={measure} data-index={index} aria-label={key} className="group/row max-sm:grid-cols-1">
      <RowTh className="bg-surface py-1 sm:sticky sm:left-0 sm:z-1">
        <span className="line-clamp-2 font-mono text-sm font-medium break-all">
          <bdi>{key}</bdi>
        </span>
        {secretPath !== '/' && <span className="line-clamp-2 font-mono text-xs break-all text-soft">{secretPath}</span>}
      </RowTh>
      {columns.map(({ environment, title }, index) => {
        const group = groups[index] ?? null
        if (group === null)
          return (
            <MissingCell
              key={environment}
              secretKey={key}
              environment={environment}
              title={title}
              from={first}
              isBusy={isBusy}
              denied={notWritten(environment)}
              onFill={(from) => void fill(from, environment)}
            />
          )
        return (
          <PresentCell
            key={environment}
            title={title}
            place={at(environment)}
            secretKey={key}
            isDifferent={group > 0}
            isEditable={notWritten(environment) === undefined}
            others={columns
              .filter((other) => other.environment !== environment)
              .map((other) => ({
                environment: other.environment,
                isWritable: notWritten(other.environment) === undefined,
              }))}
            onCopy={(to) => copy(environment, to)}
          />
        )
      })}
      {copying && (
        <td hidden>
          <CopyDialog
            place={at(copying.from)}
            keys={[key]}
            environment={copying.to}
            onClose={() => setCopying(undefined)}
          />
        </td>
      )}
    </Tr>
  )
})
