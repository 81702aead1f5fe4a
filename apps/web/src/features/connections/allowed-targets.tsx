import { markStale } from '../../lib/server/stale.ts'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Connection, Destination } from '../../lib/server/types.ts'
import { words } from './words.ts'

type Target = Record<string, string>

interface Props {
  connection: Connection
  /** Those that use connections of this kind. */
  destinations: readonly Destination[]
  onClose: () => void
}

/**
 * Which targets syncs of a connection may have: every one, or those that match one of the rows in all fields that are
 * filled in.
 */
export function AllowedTargets({ connection, destinations, onClose }: Props) {
  const update = trpc.connections.update.useMutation()
  const [allowed, setAllowed] = useState<Target[] | null>(connection.allowedTargets)
  // What is listed is of this version, however often the page is read again.
  const [ifVersion] = useState(connection.version)
  const { id: connectionId, name } = connection
  const asked = destinations.flatMap(({ target }) => target.fields.filter(({ labelOf }) => labelOf === null))
  const fields = new Map(asked.map((field) => [field.name, field]))
  const filled = allowed?.map(withoutBlanks) ?? null

  const change = (index: number, field: string, value: string) =>
    setAllowed((rows) => rows?.map((row, at) => (at === index ? { ...row, [field]: value } : row)) ?? null)
  const save = async () => {
    await update.mutateAsync({ destination: connection.destination, connectionId, ifVersion, allowedTargets: filled })
    await markStale('connections.update')
    toast.success(words.allowedTargets.saved(name))
  }
  return (
    <Confirm
      title={words.allowedTargets.title(name)}
      label={words.allowedTargets.save}
      danger={false}
      ready={filled === null || (filled.length > 0 && filled.every((row) => Object.keys(row).length > 0))}
      onConfirm={save}
      onClose={onClose}
    >
      <p className="text-sm text-soft">{words.allowedTargets.help}</p>
      <div className="flex items-center gap-2">
        <Checkbox
          label={words.allowedTargets.all}
          checked={allowed === null}
          onChange={(all) => setAllowed(all ? null : [{}])}
        />
        {words.allowedTargets.all}
      </div>
      {allowed?.map((row, index) => (
        // Rows have no identity beside their position.
        <fieldset
          key={index}
          aria-label={words.allowedTargets.targetNamed(index + 1)}
          className="flex flex-wrap items-end gap-2"
        >
          {[...fields.values()].map((field) => (
            <TextField
              key={field.name}
              className="min-w-40 flex-1"
              label={field.label}
              placeholder={words.allowedTargets.placeholder}
              value={row[field.name] ?? ''}
              onChange={(event) => change(index, field.name, event.target.value)}
            />
          ))}
          <IconButton
            icon={X}
            label={words.allowedTargets.remove(index + 1)}
            onClick={() => setAllowed((rows) => rows?.filter((_, at) => at !== index) ?? null)}
          />
        </fieldset>
      ))}
      {allowed !== null && (
        <Button size="sm" onClick={() => setAllowed((rows) => [...(rows ?? []), {}])}>
          <Plus aria-hidden className="size-4" /> {words.allowedTargets.add}
        </Button>
      )}
    </Confirm>
  )
}

/** A field that is left blank matches everything. */
const withoutBlanks = (row: Target): Target =>
  Object.fromEntries(
    Object.entries(row).flatMap(([field, value]) => (value.trim() === '' ? [] : [[field, value.trim()]])),
  )
