import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleMinus, CirclePlus, Ellipsis } from 'lucide-react'
import { Time } from '../../../components/time.tsx'
import { Badge } from '../../../components/ui/badge.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Menu, MenuItem } from '../../../components/ui/menu.tsx'
import { RowTh, Td, Tr } from '../../../components/ui/table.tsx'
import type { RowProps } from '../../../components/rows/virtual-rows.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { KeyState, Sync } from '../../../lib/server/types.ts'
import { KEY_STATES } from './key-states.ts'
import { words } from '../words.ts'

const shorten = (id: string) => (id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id)

interface Props extends RowProps {
  sync: Sync
  row: KeyState
  withId: boolean
  onExclude: (secret: string) => void
}

export function KeyRow({ sync, row, withId, onExclude, index, measure }: Props) {
  return (
    <Tr ref={measure} data-index={index} aria-label={row.key}>
      <RowTh>
        <KeyName sync={sync} row={row} />
        {row.reason !== null && <span className="block text-xs break-words text-soft md:hidden">{row.reason}</span>}
      </RowTh>
      <Td>
        <State state={row.state} />
      </Td>
      <Td className="break-words text-soft max-md:hidden">{row.reason}</Td>
      <Td className="text-soft max-sm:hidden">
        {row.writtenAt === null ? words.keyRow.never : <Time iso={row.writtenAt} />}
      </Td>
      {withId && (
        <Td className="font-mono text-xs whitespace-nowrap text-soft max-lg:hidden" title={row.remoteId ?? undefined}>
          {row.remoteId === null ? '' : shorten(row.remoteId)}
        </Td>
      )}
      <Td className="w-10 text-right">
        {row.sourceKey !== null && <KeyMenu sync={sync} row={row} secret={row.sourceKey} onExclude={onExclude} />}
      </Td>
    </Tr>
  )
}

/** What is as it should be is quiet; colour is for exceptions. */
function State({ state }: { state: KeyState['state'] }) {
  const { word, tone } = KEY_STATES[state]
  if (state !== 'in-sync') return <Badge tone={tone}>{word}</Badge>
  return (
    <span className="flex items-center gap-1 text-xs whitespace-nowrap text-soft">
      <CircleCheck aria-hidden className="size-3.5 text-good" /> {word}
    </span>
  )
}

/** The name at the destination, leading to the secret; with the secret's key where that differs. */
function KeyName({ sync: { environment, folder, projectId }, row }: { sync: Sync; row: KeyState }) {
  if (row.sourceKey === null || !environment || !folder)
    return <span className="font-mono font-medium break-all">{row.key}</span>
  return (
    <>
      <Link
        to="/p/$projectId/secrets/$environment"
        params={{ projectId, environment: environment.slug }}
        search={{ q: row.sourceKey, ...(folder.path === '/' ? {} : { path: folder.path }) }}
        className="font-mono font-medium break-all hover:text-accent hover:underline"
      >
        {row.key}
      </Link>
      {row.sourceKey !== row.key && (
        <span className="block text-xs text-soft">
          {words.keyRow.from} <span className="font-mono">{row.sourceKey}</span>
        </span>
      )}
    </>
  )
}

function KeyMenu({ sync, row, secret, onExclude }: Pick<Props, 'sync' | 'row' | 'onExclude'> & { secret: string }) {
  const denied = useWhyNot(sync.projectId)('syncs.manage', atSource(sync))
  const include = trpc.syncs.includeKeys.useMutation({
    onError: (error) => toast.error(words.keyRow.stillExcluded(secret, messageOf(error))),
    onSettled: () => markStale('syncs.includeKeys'),
  })
  return (
    <Menu
      trigger={
        <Button size="icon" variant="ghost" aria-label={words.keyRow.moreForNamed(row.key)} denied={denied}>
          <Ellipsis aria-hidden className="size-4" />
        </Button>
      }
    >
      {row.state === 'excluded' ? (
        <MenuItem onSelect={() => include.mutate({ destination: sync.destination, syncId: sync.id, keys: [secret] })}>
          <CirclePlus aria-hidden className="size-4" /> {words.keyRow.includeAgain}
        </MenuItem>
      ) : (
        <MenuItem onSelect={() => onExclude(secret)}>
          <CircleMinus aria-hidden className="size-4" /> {words.keyRow.excludeFromSync}
        </MenuItem>
      )}
    </Menu>
  )
}
