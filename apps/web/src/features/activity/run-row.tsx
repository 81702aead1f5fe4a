import { Link } from '@tanstack/react-router'
import { Counts } from '../../components/syncs/counts.tsx'
import type { RowProps } from '../../components/rows/virtual-rows.tsx'
import { RunStateBadge } from '../../components/syncs/run-state.tsx'
import { Time } from '../../components/time.tsx'
import { RowTh, Td, Tr } from '../../components/ui/table.tsx'
import { duration } from '../../lib/display/time.ts'
import type { ProjectRun } from '../../lib/server/types.ts'
import { words } from './words.ts'

interface Props extends RowProps {
  projectId: string
  run: ProjectRun
}

/** A run of one of the project's syncs, which leads to it. */
export const RunRow = ({ index, measure, projectId, run }: Props) => (
  <Tr ref={measure} data-index={index} className="max-sm:grid-cols-[minmax(0,1fr)_auto]">
    <Td>
      <Link
        to="/p/$projectId/syncs/$destination/$syncId"
        params={{ projectId, destination: run.destination, syncId: run.syncId }}
        search={{ tab: 'runs', run: run.id }}
        data-shortcut="Enter"
        className="font-medium text-ink hover:text-accent hover:underline"
      >
        <Time iso={run.startedAt} />
      </Link>
    </Td>
    <RowTh className="max-w-60 break-words max-sm:col-span-2 max-sm:row-start-2 max-sm:max-w-none">
      <span className="line-clamp-2">{run.syncName}</span>
    </RowTh>
    <Td>
      <RunStateBadge state={run.state} />
    </Td>
    <Td className="max-sm:hidden">
      {run.counts === null ? (
        <span className="text-faint">{words.runRow.none}</span>
      ) : (
        <Counts counts={run.counts} isPlanned={run.state === 'blocked'} />
      )}
    </Td>
    <Td className="max-w-96 truncate text-soft max-lg:hidden">{run.message}</Td>
    <Td className="text-right text-soft tabular-nums max-md:hidden">
      {run.durationMs !== null && duration(run.durationMs)}
    </Td>
  </Tr>
)
