import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { FolderPlus, KeyRound, Play, Plug, Plus, RefreshCw } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { toast } from '../lib/toast.ts'
import { messageOf } from '../lib/errors.ts'
import { trpc } from '../lib/trpc.ts'
import type { SecretRow } from '../lib/types.ts'

const item =
  'flex cursor-pointer items-center gap-2.5 rounded-md px-2.5 py-2 text-base select-none data-[selected=true]:bg-accent-tint data-[selected=true]:text-accent [&_svg]:size-4 [&_svg]:shrink-0'
const group =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint'

/** A folder may hold thousands; the list draws what fits the search, and of that the first. */
const MOST = 40
const matching = (rows: readonly SecretRow[], search: string) =>
  rows.filter(({ key }) => key.toLowerCase().includes(search.trim().toLowerCase())).slice(0, MOST)

/** Ctrl/Cmd K: go to a secret or a sync, or run one. */
export function CommandPalette({ projectId, onClose }: { projectId: string | undefined; onClose: () => void }) {
  const router = useRouter()
  const [search, setSearch] = useState('')
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
        placeholder="Go to a secret, a sync, or run one…"
        className="w-full border-b border-line bg-transparent px-4 py-3 text-lg outline-none"
      />
      <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-base text-soft">Nothing matches.</Command.Empty>
        {projectId !== undefined && <ProjectCommands projectId={projectId} search={search} go={go} onClose={onClose} />}
        <Command.Group heading="General" className={group}>
          <Item value="new project" onSelect={() => go(router.navigate({ to: '/projects/new' }))}>
            <FolderPlus aria-hidden /> New project
          </Item>
        </Command.Group>
      </Command.List>
    </Command.Dialog>
  )
}

const Item = ({ value, onSelect, children }: { value: string; onSelect: () => void; children: ReactNode }) => (
  <Command.Item value={value} onSelect={onSelect} className={item}>
    {children}
  </Command.Item>
)

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
  const rows = trpc.useQueries((t) =>
    environments.map(({ slug }) => t.secrets.rows({ projectId, environment: slug, secretPath: '/' })),
  )
  const trigger = trpc.syncs.trigger.useMutation()

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
        {syncs.data?.map(({ id, name, destination }) => (
          <Item key={id} value={`sync now: ${name} ${id}`} onSelect={() => run(destination, id, name)}>
            <Play aria-hidden /> Sync now: {name}
          </Item>
        ))}
        <Item
          value="add sync"
          onSelect={() => go(router.navigate({ to: '/p/$projectId/syncs/new', params: { projectId } }))}
        >
          <Plus aria-hidden /> Add sync
        </Item>
      </Command.Group>
      <Command.Group heading="Secrets" className={group}>
        {environments.map(({ slug, name }, index) => [
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
          </Item>,
          ...matching(rows[index]?.data?.rows ?? [], search).map(({ key }) => (
            <Item
              key={`${slug}:${key}`}
              value={`${key} ${slug}`}
              onSelect={() =>
                go(
                  router.navigate({
                    to: '/p/$projectId/secrets/$environment',
                    params: { projectId, environment: slug },
                    search: { q: key },
                  }),
                )
              }
            >
              <KeyRound aria-hidden /> <span className="truncate font-mono text-sm">{key}</span>
              <span className="ml-auto text-sm text-faint">{slug}</span>
            </Item>
          )),
        ])}
      </Command.Group>
      <Command.Group heading="Go to" className={group}>
        <Item
          value="connections"
          onSelect={() => go(router.navigate({ to: '/p/$projectId/connections', params: { projectId } }))}
        >
          <Plug aria-hidden /> Connections
        </Item>
      </Command.Group>
    </>
  )
}
