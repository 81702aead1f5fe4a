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

/** A row for each key, and a column for each environment. */
export function MatrixTable({ projectId, environments, rows }: Props) {
  const whyNot = useWhyNot(projectId)
  const project = trpc.projects.get.useQuery({ projectId })
  const nameOf = (slug: string) => project.data?.environments.find((each) => each.slug === slug)?.name ?? slug
  return (
    <Table label={words.matrixTable.comparison}>
      <thead>
        <tr>
          <Th className="sticky left-0 z-1 min-w-40 bg-surface max-sm:min-w-32">{words.matrixTable.key}</Th>
          {environments.map((slug) => (
            <Th key={slug} className="min-w-48">
              {nameOf(slug)}
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
            environments={environments}
            row={row}
            whyNot={whyNot}
          />
        )}
      />
    </Table>
  )
}
