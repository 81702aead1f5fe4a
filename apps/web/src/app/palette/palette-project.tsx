import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { ClipboardPaste, GitCompare, KeyRound, Play, Plus, RefreshCw } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import { messageOf } from '../../lib/server/errors.ts'
import { pastePage } from '../../lib/pages/folder-page.ts'
import { atSource, inFolder, useRights } from '../../lib/session/rights.ts'
import { pressOnPage } from '../../lib/focus/row-keys.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { PauseSubject } from '../../features/syncs/pauses/use-pauses.ts'
import { FoundInTree } from './found-in-tree.tsx'
import { PaletteConnections } from './palette-connections.tsx'
import { group, Item } from './palette-item.tsx'
import { PauseCommands } from './palette-pause.tsx'
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
  const syncs = trpc.syncs.briefs.useQuery({ projectId })
  const { rights } = useRights(projectId)
  const environments = project.data?.environments ?? []
  const arrived = useEffectEvent(onFound)
  useEffect(() => {
    if (syncs.data) arrived()
  }, [syncs.data])
  const trigger = trpc.syncs.trigger.useMutation()

  const runnable = syncs.data?.filter((sync) => rights?.may('syncs.run', atSource(sync)))
  const run = (destination: string, syncId: string, name: string) => {
    onClose()
    trigger.mutate(
      { destination, syncId },
      {
        onSuccess: () => toast.success(words.paletteProject.started(name)),
        onError: (error) => toast.error(words.paletteProject.failed(name, messageOf(error))),
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
      <Command.Group heading={words.paletteProject.syncs} className={group}>
        {syncs.data?.map(({ id, name, destination, targetLabel }) => (
          <Item
            key={id}
            value={words.paletteProject.syncSearched(name, targetLabel, id)}
            onSelect={() =>
              go(
                router.navigate({
                  to: '/p/$projectId/syncs/$destination/$syncId',
                  params: { projectId, destination, syncId: id },
                }),
              )
            }
          >
            <RefreshCw aria-hidden /> <span className="max-w-2/3 shrink-0">{name}</span>{' '}
            <span className="truncate text-sm text-faint">{targetLabel}</span>
          </Item>
        ))}
        {runnable?.map(({ id, name, destination }) => (
          <Item
            key={id}
            value={words.paletteProject.syncNowSearched(name, id)}
            onSelect={() => run(destination, id, name)}
          >
            <Play aria-hidden /> {words.paletteProject.syncNow(name)}
          </Item>
        ))}
        <PauseCommands projectId={projectId} onClose={onClose} onPause={onPause} />
        {rights?.may('syncs.manage') && (
          <Item
            value={words.paletteProject.addSyncSearched}
            onSelect={() => go(router.navigate({ to: '/p/$projectId/syncs/new', params: { projectId } }))}
          >
            <Plus aria-hidden /> {words.paletteProject.addSync}
          </Item>
        )}
      </Command.Group>
      <Command.Group heading={words.paletteProject.environments} className={group}>
        {environments.map(({ slug, name }) => (
          <Item
            key={slug}
            value={words.paletteProject.secretsSearched(slug, name)}
            onSelect={() =>
              go(
                router.navigate({ to: '/p/$projectId/secrets/$environment', params: { projectId, environment: slug } }),
              )
            }
          >
            <KeyRound aria-hidden /> {words.paletteProject.secrets(name)}
          </Item>
        ))}
        {environments
          .filter(({ slug }) =>
            rights?.may('secrets.write', inFolder({ projectId, environment: slug, secretPath: '/' })),
          )
          .flatMap(({ slug, name }) => [
            <Item
              key={`new ${slug}`}
              value={words.paletteProject.newSecretSearched(slug, name)}
              onSelect={() => newSecret(slug)}
            >
              <Plus aria-hidden /> {words.paletteProject.newSecret(name)}
            </Item>,
            <Item
              key={`paste ${slug}`}
              value={words.paletteProject.pasteSearched(slug, name)}
              onSelect={() => go(router.navigate(pastePage(projectId, slug, '/')))}
            >
              <ClipboardPaste aria-hidden /> {words.paletteProject.paste(name)}
            </Item>,
          ])}
      </Command.Group>
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
