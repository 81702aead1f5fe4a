import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { ClipboardPaste, GitCompare, KeyRound, Play, Plug, Plus, RefreshCw } from 'lucide-react'
import { messageOf } from '../lib/errors.ts'
import { atSource, inFolder, useRights } from '../lib/rights.ts'
import { pressOnPage } from '../lib/row-keys.ts'
import { toast } from '../lib/toast.ts'
import { trpc } from '../lib/trpc.ts'
import { FoundInTree } from './found-in-tree.tsx'
import { group, Item } from './palette-item.tsx'
import { sectionsOf } from './sections.ts'

interface Props {
  projectId: string
  search: string
  go: (to: Promise<void>) => void
  onClose: () => void
  /** Matches from the server arrived. */
  onFound: () => void
}

/** What the open project has: its secrets, folders, syncs, connections and pages, and what can be done to them. */
export function ProjectCommands({ projectId, search, go, onClose, onFound }: Props) {
  const router = useRouter()
  const project = trpc.projects.get.useQuery({ projectId })
  const syncs = trpc.syncs.list.useQuery({ projectId })
  const { rights } = useRights(projectId)
  const connections = trpc.connections.list.useQuery({}, { enabled: rights?.may('connections.read') === true })
  const environments = project.data?.environments ?? []
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
  const newSecret = (environment: string) => {
    onClose()
    void router
      .navigate({ to: '/p/$projectId/secrets/$environment', params: { projectId, environment } })
      .then(() => requestAnimationFrame(() => pressOnPage('n')))
  }
  return (
    <>
      <FoundInTree projectId={projectId} search={search} go={go} onFound={onFound} />
      <Command.Group heading="Syncs" className={group}>
        {syncs.data?.map(({ id, name, destination, targetLabel }) => (
          <Item
            key={id}
            value={`${name} sync ${targetLabel} ${id}`}
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
          <Item key={id} value={`${name} sync now ${id}`} onSelect={() => run(destination, id, name)}>
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
            value={`${slug} ${name} secrets of`}
            onSelect={() =>
              go(
                router.navigate({ to: '/p/$projectId/secrets/$environment', params: { projectId, environment: slug } }),
              )
            }
          >
            <KeyRound aria-hidden /> Secrets of {name}
          </Item>
        ))}
        {environments
          .filter(({ slug }) =>
            rights?.may('secrets.write', inFolder({ projectId, environment: slug, secretPath: '/' })),
          )
          .flatMap(({ slug, name }) => [
            <Item key={`new ${slug}`} value={`new secret add ${slug} ${name}`} onSelect={() => newSecret(slug)}>
              <Plus aria-hidden /> New secret in {name}
            </Item>,
            <Item
              key={`paste ${slug}`}
              value={`paste .env import file ${slug} ${name}`}
              onSelect={() =>
                go(
                  router.navigate({
                    to: '/p/$projectId/secrets/$environment/paste',
                    params: { projectId, environment: slug },
                  }),
                )
              }
            >
              <ClipboardPaste aria-hidden /> Paste .env into {name}
            </Item>,
          ])}
      </Command.Group>
      <Command.Group heading="Connections" className={group}>
        {connections.data?.map(({ id, name, destination }) => (
          <Item
            key={id}
            value={`${name} connection ${destination} ${id}`}
            onSelect={() => go(router.navigate({ to: '/p/$projectId/connections', params: { projectId } }))}
          >
            <Plug aria-hidden /> {name} <span className="truncate text-sm text-faint">{destination}</span>
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
