import { useMemo } from 'react'
import { Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/rows/virtual-rows.tsx'
import { useWhyNot } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { MatrixRow } from '../../lib/server/types.ts'
import { MatrixTableRow } from './matrix-row.tsx'
import { words } from './words.ts'

interface Props {
  projectId: string
  /** Those that can be read, in order. */
  environments: readonly string[]
  rows: readonly MatrixRow[]
}

/** A row for each key, and a column for each environment; on a phone, a line for each. */
export function MatrixTable({ projectId, environments, rows }: Props) {
  const whyNot = useWhyNot(projectId)
  const project = trpc.projects.get.useQuery({ projectId })
  const columns = useMemo(() => {
    const named = new Map(project.data?.environments.map(({ slug, name }) => [slug, name]))
    return environments.map((environment) => ({ environment, title: named.get(environment) ?? environment }))
  }, [environments, project.data])
  return (
    <Table label={words.matrixTable.comparison} isStacked>
      <thead className="max-sm:sr-only">
        <tr>
          <Th className="sticky left-0 z-1 w-64 min-w-40 bg-surface">{words.matrixTable.key}</Th>
          {columns.map(({ environment, title }) => (
            <Th key={environment} className="min-w-60">
              {title}
            </Th>
          ))}
        </tr>
      </thead>
      <VirtualRows
        rows={rows}
        idOf={({ secretPath, key }) => `${secretPath} ${key}`}
        height={36}
        render={(row, virtual) => (
          <MatrixTableRow
            key={`${row.secretPath} ${row.key}`}
            {...virtual}
            projectId={projectId}
            columns={columns}
            row={row}
            whyNot={whyNot}
          />
        )}
      />
    </Table>
  )
}
