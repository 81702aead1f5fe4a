import { onDemand } from '../../../components/on-demand.tsx'
import { useState } from 'react'
import { Failure } from '../../../components/failure.tsx'
import { Empty } from '../../../components/pages/page.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { SwitchField } from '../../../components/ui/switch-field.tsx'
import { ActionsTh, Table, Th } from '../../../components/ui/table.tsx'
import { VirtualRows } from '../../../components/rows/virtual-rows.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import type { KeyState, Sync } from '../../../lib/server/types.ts'
import { KeyRow } from './key-row.tsx'
import { isTrouble, KEY_STATES } from './key-states.ts'
import { words } from '../words.ts'

const ExcludeDialog = onDemand(async () => (await import('./exclude-dialog.tsx')).ExcludeDialog)

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

/** Each key at the destination: its state, why, when it was last written. */
export function KeysTab({ sync, onlyTrouble, onFilter }: Props) {
  const { data: keys, error, refetch } = trpc.syncs.keys.useQuery({ destination: sync.destination, syncId: sync.id })
  const [search, setSearch] = useState('')
  const [excluding, setExcluding] = useState<string>()
  if (error) return <Failure what={words.keysTab.unreadable} error={error} retry={refetch} />
  if (!keys) return <SkeletonRows label={words.keysTab.loading} />
  if (keys.length === 0) {
    return (
      <Empty title={sync.outOfReach ? words.keysTab.hidden : words.keysTab.noKeysYet}>
        {sync.outOfReach
          ? words.keysTab.hiddenText
          : sync.blocked
            ? words.keysTab.syncBlocked
            : words.keysTab.sourceFolderEmpty}
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
        <SearchField label={words.keysTab.searchKeys} value={search} onChange={setSearch} />
        <SwitchField label={words.keysTab.showIssuesOnly} checked={onlyTrouble} onChange={onFilter} />
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
        <Empty
          title={words.keysTab.noKeyMatches}
          action={<Button onClick={() => setSearch('')}>{words.keysTab.clearSearch}</Button>}
        >
          {words.keysTab.total(keys.length)}
        </Empty>
      ) : shown.length === 0 ? (
        <Empty
          title={words.keysTab.allInSync}
          action={<Button onClick={() => onFilter(false)}>{words.keysTab.showAllKeys}</Button>}
        >
          {words.keysTab.noIssues(keys.length)}
        </Empty>
      ) : (
        <Table label={words.keysTab.keys}>
          <thead>
            <tr>
              <Th>{words.keysTab.keyAtDestination}</Th>
              <Th>{words.keysTab.state}</Th>
              <Th className="max-md:hidden">{words.keysTab.reason}</Th>
              <Th className="max-sm:hidden">{words.keysTab.lastWritten}</Th>
              {withIds && <Th className="max-lg:hidden">{words.keysTab.providerId}</Th>}
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
