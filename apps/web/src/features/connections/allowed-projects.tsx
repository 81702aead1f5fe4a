import { markStale } from '../../lib/server/stale.ts'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Connection } from '../../lib/server/types.ts'
import { words } from './words.ts'

/** Which projects may use a connection of the organization: all of them, or those that are ticked. */
export function AllowedProjects({ connection, onClose }: { connection: Connection; onClose: () => void }) {
  const { data: projects = [] } = trpc.projects.list.useQuery()
  const update = trpc.connections.update.useMutation()
  const [allowed, setAllowed] = useState(connection.allowedProjects)
  // What is ticked is of this version, however often the page is read again.
  const [ifVersion] = useState(connection.version)
  const { id: connectionId, destination, name } = connection

  const save = async () => {
    await update.mutateAsync({ destination, connectionId, ifVersion, allowedProjects: allowed })
    await markStale('connections.update')
    toast.success(words.allowedProjects.saved(name))
  }
  return (
    <Confirm
      title={words.allowedProjects.title(name)}
      label={words.allowedProjects.save}
      danger={false}
      ready={allowed === null || allowed.length > 0}
      onConfirm={save}
      onClose={onClose}
    >
      <p className="text-sm text-soft">{words.allowedProjects.consequence}</p>
      <ul className="grid gap-2">
        <li className="flex items-center gap-2">
          <Checkbox
            label={words.allowedProjects.allProjects}
            checked={allowed === null}
            onChange={(all) => setAllowed(all ? null : projects.map(({ id }) => id))}
          />
          {words.allowedProjects.allProjectsLabel}
        </li>
        {projects.map(({ id, name }) => (
          <li key={id} className="flex items-center gap-2">
            <Checkbox
              label={name}
              disabled={allowed === null}
              checked={allowed === null || allowed.includes(id)}
              onChange={(may) =>
                setAllowed((before) => (may ? [...(before ?? []), id] : (before ?? []).filter((one) => one !== id)))
              }
            />
            {name}
          </li>
        ))}
      </ul>
    </Confirm>
  )
}
