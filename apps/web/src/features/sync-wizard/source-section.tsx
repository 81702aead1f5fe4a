import { useEffect } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { FolderLink } from '../../components/folder-link.tsx'
import { FolderPicker } from '../../components/fields/folder-picker.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Draft } from './draft.ts'
import { words } from './words.ts'

export function SourceSection({ projectId }: { projectId: string }) {
  const { control, setValue, formState } = useFormContext<Draft>()
  const environment = useController({ control, name: 'environment' }).field
  const secretPath = useController({ control, name: 'secretPath' }).field
  const { data: project } = trpc.projects.get.useQuery({ projectId })
  const first = project?.environments[0]?.slug

  useEffect(() => {
    if (environment.value === '' && first !== undefined) setValue('environment', first)
  }, [environment.value, first, setValue])

  return (
    <Section title={words.sourceSection.title} text={words.sourceSection.text}>
      <div className="grid gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label={words.sourceSection.environment}
            help={words.sourceSection.environmentHelp}
            error={formState.errors.environment?.message}
            {...environment}
            onChange={(event) => {
              environment.onChange(event)
              secretPath.onChange('/')
            }}
          >
            {project?.environments.map(({ slug, name }) => (
              <option key={slug} value={slug}>
                {name}
              </option>
            ))}
          </SelectField>
          <FolderPicker
            projectId={projectId}
            environment={environment.value}
            value={secretPath.value}
            onChange={secretPath.onChange}
            help={words.sourceSection.secretPathHelp}
          />
        </div>
        {environment.value !== '' && (
          <Contents projectId={projectId} environment={environment.value} secretPath={secretPath.value} />
        )}
        <p className="text-sm text-soft">
          {words.sourceSection.severalFolders}{' '}
          <FolderLink place={{ projectId, environment: environment.value, secretPath: secretPath.value }} />
        </p>
      </div>
    </Section>
  )
}

function Contents(place: { projectId: string; environment: string; secretPath: string }) {
  const { data, error } = trpc.secrets.rows.useQuery(place)
  if (error) return <Notice kind="bad">{messageOf(error)}</Notice>
  if (!data) return <p className="text-sm text-soft">{words.sourceSection.counting}</p>
  const imported = data.rows.filter((row) => row.origin.kind === 'import').length
  const broken = data.rows.filter((row) => row.problem !== null)
  return (
    <div aria-live="polite" className="grid gap-3">
      <p className="text-base">
        <span className="text-2xl font-semibold tabular-nums">{data.rows.length}</span>{' '}
        {data.rows.length === 1 ? words.sourceSection.secret : words.sourceSection.secrets}
        {imported > 0 && <span className="text-soft">{words.sourceSection.imported(imported)}</span>}
      </p>
      {data.rows.length === 0 && <Notice kind="warn">{words.sourceSection.empty}</Notice>}
      {broken.length > 0 && (
        <Notice kind="warn" title={words.sourceSection.broken(broken.length)}>
          <p>{words.sourceSection.brokenText}</p>
          <ul>
            {broken.map(({ key }) => (
              <li key={key}>
                <FolderLink place={place} secretKey={key} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  )
}
