import { NotLoadedOver, onDemand } from '../../components/on-demand.tsx'
import { count } from '@keyferry/schemas/count'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Empty } from '../../components/page.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { ActionsTh, Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/virtual-rows.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { KeyState, Sync } from '../../lib/types.ts'
import { KeyRow } from './key-row.tsx'
import { isTrouble, KEY_STATES } from './key-states.ts'

const ExcludeDialog = onDemand(async () => (await import('./exclude-dialog.tsx')).ExcludeDialog, null, NotLoadedOver)

const ORDER: readonly KeyState['state'][] = [
  'failed',
  'rejected',
  'drifted',
  'pending',
  'left-behind',
  'excluded',
  'in-sync',
]

interface Props {
  sync: Sync
  onlyTrouble: boolean
  onFilter: (on: boolean) => void
}

/** Each key at the target: its state, why, when it was last written. */
export function KeysTab({ sync, onlyTrouble, onFilter }: Props) {
  const { data: keys, error, refetch } = trpc.syncs.keys.useQuery({ destination: sync.destination, syncId: sync.id })
  const [search, setSearch] = useState('')
  const [excluding, setExcluding] = useState<string>()
  if (error) return <Failure what="The keys could not be read" error={error} retry={refetch} />
  if (!keys) return <SkeletonRows label="Loading keys" />
  if (keys.length === 0) {
    return (
      <Empty title={sync.outOfReach ? 'Keys are not shown' : 'No keys yet'}>
        {sync.outOfReach
          ? 'Its keys come from folders that you can’t read, so their results are not shown.'
          : sync.blocked
            ? 'The sync is blocked; nothing has been written.'
            : 'The source folder is empty, or the first run has not finished.'}
      </Empty>
    )
  }
  const wanted = search.trim().toLowerCase()
  const shown = keys
    .filter((key) => !onlyTrouble || isTrouble(key))
    .filter(({ key, sourceKey }) => `${key} ${sourceKey ?? ''}`.toLowerCase().includes(wanted))
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.key.localeCompare(b.key))
  const withIds = keys.some(({ remoteId }) => remoteId !== null)
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField label="Search keys" value={search} onChange={setSearch} />
        <SwitchField label="Show issues only" checked={onlyTrouble} onChange={onFilter} />
        <span className="ml-auto flex flex-wrap gap-1.5" aria-live="polite">
          {ORDER.map((state) => ({ state, n: keys.filter((key) => key.state === state).length }))
            .filter(({ n }) => n > 0)
            .map(({ state, n }) => (
              <Badge key={state} tone={state === 'in-sync' ? 'neutral' : KEY_STATES[state].tone}>
                {n} {KEY_STATES[state].word.toLowerCase()}
              </Badge>
            ))}
        </span>
      </div>
      {shown.length === 0 && wanted !== '' ? (
        <Empty title="No key matches" action={<Button onClick={() => setSearch('')}>Clear search</Button>}>
          {count(keys.length, 'key')} in this sync.
        </Empty>
      ) : shown.length === 0 ? (
        <Empty title="Every key is in sync" action={<Button onClick={() => onFilter(false)}>Show all keys</Button>}>
          {count(keys.length, 'key is', 'keys are')} as they should be.
        </Empty>
      ) : (
        <Table label="Keys">
          <thead>
            <tr>
              <Th>Key at the destination</Th>
              <Th>State</Th>
              <Th className="max-md:hidden">Reason</Th>
              <Th className="max-sm:hidden">Last written</Th>
              {withIds && <Th className="max-lg:hidden">Provider ID</Th>}
              <ActionsTh />
            </tr>
          </thead>
          <VirtualRows
            rows={shown}
            idOf={({ key }) => key}
            height={37}
            render={(key, row) => (
              <KeyRow key={key.key} sync={sync} row={key} withId={withIds} onExclude={setExcluding} {...row} />
            )}
          />
        </Table>
      )}
      {excluding !== undefined && (
        <ExcludeDialog sync={sync} secret={excluding} onClose={() => setExcluding(undefined)} />
      )}
    </div>
  )
}
