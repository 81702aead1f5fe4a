import { keepPreviousData } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { Plug } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import { trpc } from '../../lib/server/trpc.ts'
import { useRested } from '../../lib/lists/use-rested.ts'
import { group, Item } from './palette-item.tsx'
import { words } from '../words.ts'

/** The server finds the others by what is typed. */
const MOST = 20

interface Props {
  projectId: string
  search: string
  go: (to: Promise<void>) => void
  /** Matches arrived. */
  onFound: () => void
}

/** The connections that syncs of the project may use and that match what was typed. */
export function PaletteConnections({ projectId, search, go, onFound }: Props) {
  const router = useRouter()
  const wanted = useRested(search.replaceAll(words.paletteConnections.kind, ' ').trim())
  const { data: destinations } = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const { data } = trpc.connections.page.useQuery(
    { projectId, search: wanted, limit: MOST },
    { placeholderData: keepPreviousData },
  )
  const arrived = useEffectEvent(onFound)
  useEffect(() => {
    if (data) arrived()
  }, [data])
  const providerOf = (app: string) => destinations?.find(({ connection }) => connection.app === app)?.connection.title
  return (
    <Command.Group heading={words.paletteConnections.connections} className={group}>
      {data?.connections.map(({ id, name, destination, account, description }) => (
        <Item
          key={id}
          value={words.paletteConnections.searched(
            name,
            `${destination} ${providerOf(destination) ?? ''}`,
            account ?? '',
            description ?? '',
            id,
          )}
          onSelect={() =>
            go(
              router.navigate({
                to: '/p/$projectId/connections/$connectionId',
                params: { projectId, connectionId: id },
              }),
            )
          }
        >
          <Plug aria-hidden /> <span className="max-w-2/3 shrink-0">{name}</span>{' '}
          <span className="truncate text-sm text-faint">{account ?? destination}</span>
        </Item>
      ))}
    </Command.Group>
  )
}
