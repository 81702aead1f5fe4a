import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { SelectField } from '../../../components/ui/field.tsx'
import { direct, trpc } from '../../../lib/server/trpc.ts'
import type { Destination, ListedSync } from '../../../lib/server/types.ts'
import { cloneDraft } from '../../sync-wizard/clone-draft.ts'
import { saveDraft } from '../../sync-wizard/stored-draft.ts'
import { words } from '../words.ts'

interface Props {
  sync: ListedSync
  destination: Destination
  onClose: () => void
}

/** Opens the wizard for a sync like this one, of another environment. Nothing is created before its plan was seen. */
export function CloneDialog({ sync, destination, onClose }: Props) {
  const { projectId, environment } = sync
  const navigate = useNavigate()
  const { data: project } = trpc.projects.get.useQuery({ projectId })
  const others = project?.environments.filter(({ slug }) => slug !== environment?.slug) ?? []
  const [chosen, setChosen] = useState('')
  const slug = chosen === '' ? (others[0]?.slug ?? '') : chosen
  return (
    <Confirm
      title={words.cloneDialog.title(sync.name)}
      label={words.cloneDialog.continue}
      danger={false}
      ready={slug !== ''}
      onConfirm={async () => {
        const whole = await direct.syncs.get.query({ destination: sync.destination, syncId: sync.id })
        saveDraft(projectId, cloneDraft(whole, destination, slug))
        await navigate({
          to: '/p/$projectId/syncs/new',
          params: { projectId },
          search: { destination: sync.destination },
        })
      }}
      onClose={onClose}
    >
      <p>{words.cloneDialog.text}</p>
      {project && others.length === 0 ? (
        <p>{words.cloneDialog.none}</p>
      ) : (
        <SelectField
          label={words.cloneDialog.environment}
          value={slug}
          onChange={({ target }) => setChosen(target.value)}
        >
          {others.map((each) => (
            <option key={each.slug} value={each.slug}>
              {each.name}
            </option>
          ))}
        </SelectField>
      )}
    </Confirm>
  )
}
