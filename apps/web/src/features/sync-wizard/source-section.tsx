import { useEffect } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { FolderLink } from '../../components/folder-link.tsx'
import { FolderFields } from '../../components/fields/folder-fields.tsx'
import { Section } from '../../components/ui/card.tsx'
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
  const place = { environment: environment.value, secretPath: secretPath.value }
  const first = project?.environments[0]?.slug

  useEffect(() => {
    if (environment.value === '' && first !== undefined) setValue('environment', first)
  }, [environment.value, first, setValue])

  return (
    <Section title={words.sourceSection.title} text={words.sourceSection.text}>
      <div className="grid gap-4">
        <FolderFields
          projectId={projectId}
          value={place}
          onChange={(chosen) => {
            environment.onChange(chosen.environment)
            secretPath.onChange(chosen.secretPath)
          }}
          environment={{
            ref: environment.ref,
            onBlur: environment.onBlur,
            help: words.sourceSection.environmentHelp,
            error: formState.errors.environment?.message,
          }}
          path={{ help: words.sourceSection.secretPathHelp }}
        />
        {environment.value !== '' && <Contents projectId={projectId} {...place} />}
        <p className="text-sm text-soft">
          {words.sourceSection.severalFolders} <FolderLink place={{ projectId, ...place }} />
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
