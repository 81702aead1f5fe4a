import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { GitCompare } from 'lucide-react'
import { useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { PauseSubject } from '../../features/syncs/pauses/use-pauses.ts'
import { FoundInTree } from './found-in-tree.tsx'
import { PaletteConnections } from './palette-connections.tsx'
import { PaletteEnvironments } from './palette-environments.tsx'
import { group, Item } from './palette-item.tsx'
import { PaletteSyncs } from './palette-syncs.tsx'
import { sectionsOf } from '../sections.ts'
import { words } from '../words.ts'

interface Props {
  projectId: string
  search: string
  go: (to: Promise<void>) => void
  onClose: () => void
  /** Matches from the server arrived. */
  onFound: () => void
  /** Asks for the reason before syncs are paused. */
  onPause: (subject: PauseSubject) => void
}

/** What the open project has: its secrets, folders, syncs, connections and pages, and what can be done to them. */
export function ProjectCommands({ projectId, search, go, onClose, onFound, onPause }: Props) {
  const router = useRouter()
  const project = trpc.projects.get.useQuery({ projectId })
  const { rights } = useRights(projectId)
  const environments = project.data?.environments ?? []
  return (
    <>
      <FoundInTree projectId={projectId} search={search} go={go} onFound={onFound} />
      <PaletteSyncs projectId={projectId} go={go} onClose={onClose} onFound={onFound} onPause={onPause} />
      <PaletteEnvironments projectId={projectId} environments={environments} go={go} onClose={onClose} />
      {rights?.may('connections.read') === true && (
        <PaletteConnections projectId={projectId} search={search} go={go} onFound={onFound} />
      )}
      <Command.Group heading={words.paletteProject.goTo} className={group}>
        {sectionsOf(rights).map(({ to, name, icon: Icon }) => (
          <Item key={to} value={name} onSelect={() => go(router.navigate({ to, params: { projectId } }))}>
            <Icon aria-hidden /> {name}
          </Item>
        ))}
        {environments.length > 1 && rights?.grant?.role !== 'viewer' && (
          <Item
            value={words.paletteProject.compareSearched}
            onSelect={() => go(router.navigate({ to: '/p/$projectId/compare', params: { projectId } }))}
          >
            <GitCompare aria-hidden /> {words.paletteProject.compareEnvironments}
          </Item>
        )}
      </Command.Group>
    </>
  )
}
