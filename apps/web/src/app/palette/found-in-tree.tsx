import { keepPreviousData } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { Folder, KeyRound } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import { trpc } from '../../lib/server/trpc.ts'
import { useRested } from '../../lib/lists/use-rested.ts'
import { group, Item } from './palette-item.tsx'
import { words } from '../words.ts'

/** A project may hold thousands: what fits is found by the server, and of that the first are drawn. */
const MOST = 40

interface Props {
  projectId: string
  search: string
  go: (to: Promise<void>) => void
  /** Matches arrived. */
  onFound: () => void
}

/** Secrets, by key or comment, and folders of every environment that match what was typed. */
export function FoundInTree({ projectId, search, go, onFound }: Props) {
  const router = useRouter()
  const query = useRested(search.trim())
  const project = trpc.projects.get.useQuery({ projectId })
  const environments = project.data?.environments ?? []
  const found = trpc.tree.search.useQuery(
    { projectId, query, limit: MOST },
    { enabled: query !== '', placeholderData: keepPreviousData },
  )
  const folders = trpc.useQueries((t) =>
    environments.map(({ slug }) => t.folders.list({ projectId, environment: slug, path: '/', recursive: true })),
  )
  const arrived = useEffectEvent(onFound)
  useEffect(() => {
    if (found.data) arrived()
  }, [found.data])
  const open = (environment: string, path: string, q?: string) =>
    go(
      router.navigate({
        to: '/p/$projectId/secrets/$environment',
        params: { projectId, environment },
        search: { path: path === '/' ? undefined : path, q },
      }),
    )
  if (query === '') return null
  const matching = environments
    .flatMap(({ slug }, index) => (folders[index]?.data ?? []).map(({ id, path }) => ({ id, path, environment: slug })))
    .filter(({ path }) => path.toLowerCase().includes(query.toLowerCase()))
    .slice(0, MOST)
  return (
    <>
      <Command.Group
        heading={found.data?.more ? words.foundInTree.secretsFirst(MOST) : words.foundInTree.secrets}
        className={group}
      >
        {found.data?.secrets.map(({ id, key, environment, secretPath, comment, matched }) => (
          <Item
            key={id}
            value={`${key} ${comment} ${environment}:${secretPath}`}
            onSelect={() => open(environment, secretPath, key)}
          >
            <KeyRound aria-hidden />
            <span className="grid min-w-0 flex-1">
              <span className="truncate font-mono text-sm">{key}</span>
              {matched === 'comment' && <span className="truncate text-xs text-soft">{comment}</span>}
            </span>
            <span className="max-w-1/2 truncate font-mono text-xs text-soft">
              {environment}:{secretPath}
            </span>
          </Item>
        ))}
        {found.error && <p className="px-2.5 py-2 text-sm text-bad">{words.foundInTree.unreadable}</p>}
      </Command.Group>
      {matching.length > 0 && (
        <Command.Group heading={words.foundInTree.folders} className={group}>
          {matching.map(({ id, path, environment }) => (
            <Item key={id} value={words.foundInTree.folder(path, environment)} onSelect={() => open(environment, path)}>
              <Folder aria-hidden />
              <span className="truncate font-mono text-sm">
                {environment}:{path}
              </span>
            </Item>
          ))}
        </Command.Group>
      )}
    </>
  )
}
