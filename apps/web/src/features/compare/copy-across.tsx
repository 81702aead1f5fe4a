import { markStale } from '../../lib/stale.ts'
import { count } from '@keyferry/schemas/count'
import { namesOf } from '@keyferry/schemas/secret-path'
import { Confirm } from '../../components/confirm.tsx'
import { toast } from '../../lib/toast.ts'
import { direct, trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'

/** A key that somebody wants on the other side as well. */
export interface Copying {
  key: string
  secretPath: string
  from: string
  to: string
  /** It is there already, with another value. */
  overwrites: boolean
}

/**
 * Asks, then writes the value of one side to the other. It passes through this page's memory and is never on the
 * screen.
 */
export function CopyAcross({
  projectId,
  copying,
  onClose,
}: {
  projectId: string
  copying: Copying
  onClose: () => void
}) {
  const { key, secretPath, from, to, overwrites } = copying
  const syncs = trpc.syncs.list.useQuery({ projectId })
  const folders = trpc.folders.list.useQuery({ projectId, environment: to, path: '/', recursive: true })
  const missing = folders.data ? missingFolders(secretPath, new Set(folders.data.map(({ path }) => path))) : []
  const readers = (syncs.data ?? []).filter(
    ({ environment, folder }) => environment?.slug === to && folder?.path === secretPath,
  )
  const copy = async () => {
    for (const { path, name } of missing) await direct.folders.create.mutate({ projectId, environment: to, path, name })
    await copySecret({ projectId, environment: from, secretPath }, { projectId, environment: to, secretPath }, key)
    await Promise.all([markStale('folders.create'), markStale(overwrites ? 'secrets.update' : 'secrets.create')])
    toast.success(`${to}:${secretPath} has the ${key} of ${from}.`)
  }
  return (
    <Confirm
      title={`Copy ${key} to ${to}?`}
      label={overwrites ? `Overwrite ${key} in ${to}` : `Copy to ${to}`}
      danger={overwrites}
      ready={folders.data !== undefined}
      onConfirm={copy}
      onClose={onClose}
    >
      <p>
        {overwrites
          ? `${to}:${secretPath} has another value. It gets the one of ${from} as a new version; the old one stays in the history.`
          : `${to}:${secretPath} does not have it yet. It gets the value, the comment and the tags it has in ${from}.`}
      </p>
      {missing.length > 0 && (
        <p>
          {count(missing.length, 'folder is', 'folders are')} made first:{' '}
          <span className="font-mono text-sm break-all">{secretPath}</span>.
        </p>
      )}
      <p className="text-sm text-soft">
        References in it are copied as they are written, so they may mean something else there.{' '}
        {readers.length === 0
          ? `No sync reads ${to}:${secretPath} directly.`
          : `${count(readers.length, 'sync sends', 'syncs send')} it on: ${readers.map(({ name }) => name).join(', ')}.`}
      </p>
    </Confirm>
  )
}

async function copySecret(from: FolderRef, to: FolderRef, key: string): Promise<void> {
  const { value, comment, tags } = await direct.secrets.get.query({ ...from, key })
  if (value === null) throw new Error(`You may not read the value of ${key}`)
  const present = await direct.secrets.rows.query(to)
  const own = present.rows.some((row) => row.key === key && row.origin.kind === 'own')
  if (own) await direct.secrets.update.mutate({ ...to, key, value })
  else {
    const tagIds = tags.map(({ id }) => id)
    await direct.secrets.create.mutate({ ...to, key, value, comment, tagIds })
  }
}

/** The folders on the way to `path` that are not there, outermost first. */
function missingFolders(path: string, present: ReadonlySet<string>): { path: string; name: string }[] {
  const names = namesOf(path)
  return names.flatMap((name, depth) => {
    const parent = `/${names.slice(0, depth).join('/')}`
    return present.has(`/${names.slice(0, depth + 1).join('/')}`) ? [] : [{ path: parent, name }]
  })
}
