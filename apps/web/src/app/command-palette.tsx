import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { FolderPlus, GitCompare, KeyRound, Play, Plus, RefreshCw, UserRoundCog } from 'lucide-react'
import { useState } from 'react'
import { toast } from '../lib/toast.ts'
import { messageOf } from '../lib/errors.ts'
import { useFocusBack } from '../lib/focus-back.ts'
import { atSource, useRights } from '../lib/rights.ts'
import { trpc } from '../lib/trpc.ts'
import { FoundInTree } from './found-in-tree.tsx'
import { group, Item } from './palette-item.tsx'
import { sectionsOf } from './sections.ts'

/** Ctrl/Cmd K: go to a secret, a folder or a sync anywhere in the project, or run one. */
export function CommandPalette({ projectId, onClose }: { projectId: string | undefined; onClose: () => void }) {
  const router = useRouter()
  const [search, setSearch] = useState('')
  const { rights } = useRights(projectId ?? '')
  useFocusBack()
  const go = (navigate: Promise<void>) => {
    onClose()
    void navigate
  }
  return (
    <Command.Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      label="Search and commands"
      overlayClassName="fixed inset-0 z-40 bg-scrim"
      contentClassName="fixed top-[12vh] left-1/2 z-40 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-xl border border-line bg-surface shadow-float"
    >
      <Command.Input
        value={search}
        onValueChange={setSearch}
        placeholder="Go to a secret, a folder, a sync, or run one…"
        className="w-full border-b border-line bg-transparent px-4 py-3 text-lg outline-none"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-base text-soft">Nothing matches.</Command.Empty>
        {projectId !== undefined && <ProjectCommands projectId={projectId} search={search} go={go} onClose={onClose} />}
        <Command.Group heading="General" className={group}>
          {rights?.may('instance.manage') && (
            <Item value="new project" onSelect={() => go(router.navigate({ to: '/projects/new' }))}>
              <FolderPlus aria-hidden /> New project
            </Item>
          )}
          <Item value="your account" onSelect={() => go(router.navigate({ to: '/account' }))}>
            <UserRoundCog aria-hidden /> Your account
          </Item>
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  )
}

interface ProjectProps {
  projectId: string
  search: string
  go: (to: Promise<void>) => void
  onClose: () => void
}

function ProjectCommands({ projectId, search, go, onClose }: ProjectProps) {
  const router = useRouter()
  const project = trpc.projects.get.useQuery({ projectId })
  const syncs = trpc.syncs.list.useQuery({ projectId })
  const environments = project.data?.environments ?? []
  const { rights } = useRights(projectId)
  const trigger = trpc.syncs.trigger.useMutation()

  const runnable = syncs.data?.filter((sync) => rights?.may('syncs.run', atSource(sync)))
  const run = (destination: string, syncId: string, name: string) => {
    onClose()
    trigger.mutate(
      { destination, syncId },
      {
        onSuccess: () => toast.success(`${name} is on its way.`),
        onError: (error) => toast.error(`${name} could not be started: ${messageOf(error)}`),
      },
    )
  }
  return (
    <>
      <FoundInTree projectId={projectId} search={search} go={go} />
      <Command.Group heading="Syncs" className={group}>
        {syncs.data?.map(({ id, name, destination, targetLabel }) => (
          <Item
            key={id}
            value={`sync ${name} ${targetLabel} ${id}`}
            onSelect={() =>
              go(
                router.navigate({
                  to: '/p/$projectId/syncs/$destination/$syncId',
                  params: { projectId, destination, syncId: id },
                }),
              )
            }
          >
            <RefreshCw aria-hidden /> {name} <span className="truncate text-sm text-faint">{targetLabel}</span>
          </Item>
        ))}
        {runnable?.map(({ id, name, destination }) => (
          <Item key={id} value={`sync now: ${name} ${id}`} onSelect={() => run(destination, id, name)}>
            <Play aria-hidden /> Sync now: {name}
          </Item>
        ))}
        {rights?.may('syncs.manage') && (
          <Item
            value="add sync"
            onSelect={() => go(router.navigate({ to: '/p/$projectId/syncs/new', params: { projectId } }))}
          >
            <Plus aria-hidden /> Add sync
          </Item>
        )}
      </Command.Group>
      <Command.Group heading="Environments" className={group}>
        {environments.map(({ slug, name }) => (
          <Item
            key={slug}
            value={`secrets of ${name} ${slug}`}
            onSelect={() =>
              go(
                router.navigate({ to: '/p/$projectId/secrets/$environment', params: { projectId, environment: slug } }),
              )
            }
          >
            <KeyRound aria-hidden /> Secrets of {name}
          </Item>
        ))}
      </Command.Group>
      <Command.Group heading="Go to" className={group}>
        {sectionsOf(rights).map(({ to, name, icon: Icon }) => (
          <Item key={to} value={name} onSelect={() => go(router.navigate({ to, params: { projectId } }))}>
            <Icon aria-hidden /> {name}
          </Item>
        ))}
        {environments.length > 1 && rights?.grant?.role !== 'viewer' && (
          <Item
            value="compare environments"
            onSelect={() => go(router.navigate({ to: '/p/$projectId/compare', params: { projectId } }))}
          >
            <GitCompare aria-hidden /> Compare environments
          </Item>
        )}
      </Command.Group>
    </>
  )
}
