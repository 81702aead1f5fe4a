import { runState } from '@keyferry/schemas'
import type { z } from 'zod'
import { control } from '../../components/ui/field.tsx'
import { cn } from '../../lib/cn.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

const { runFilters } = words
const select = cn(control, 'h-9 w-auto min-w-0 px-2 max-sm:flex-1 max-sm:basis-32 sm:max-w-60')

interface Props {
  projectId: string
  state: z.output<typeof runState> | undefined
  syncId: string | undefined
  onChange: (change: { state?: string | undefined; sync?: string | undefined }) => void
}

/** Which runs are listed: by how they ended, and of one sync. */
export function RunFilters({ projectId, state, syncId, onChange: set }: Props) {
  const { data: syncs = [] } = trpc.syncs.briefs.useQuery({ projectId })
  return (
    <div className="flex flex-wrap gap-2">
      <select
        aria-label={runFilters.state}
        className={select}
        value={state ?? ''}
        onChange={(event) => set({ state: event.target.value || undefined })}
      >
        <option value="">{runFilters.anyState}</option>
        {runState.options.map((each) => (
          <option key={each} value={each}>
            {runFilters.states[each]}
          </option>
        ))}
      </select>
      <select
        aria-label={runFilters.sync}
        className={select}
        value={syncId ?? ''}
        onChange={(event) => set({ sync: event.target.value || undefined })}
      >
        <option value="">{runFilters.anySync}</option>
        {syncs.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
