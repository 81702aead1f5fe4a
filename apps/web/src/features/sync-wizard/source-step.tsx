import { count } from '@keyferry/schemas/count'
import { useEffect } from 'react'
import { useController, useFormContext } from 'react-hook-form'
import { FolderFields } from '../../components/folder-fields.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Draft } from './draft.ts'
import { StepForm } from './step-form.tsx'

export function SourceStep({ projectId, onSubmit }: { projectId: string; onSubmit: () => void }) {
  const { control, setValue, formState } = useFormContext<Draft>()
  const environment = useController({ control, name: 'environment' }).field
  const secretPath = useController({ control, name: 'secretPath' }).field
  const { data: project } = trpc.projects.get.useQuery({ projectId })
  const first = project?.environments[0]?.slug

  useEffect(() => {
    if (environment.value === '' && first !== undefined) setValue('environment', first)
  }, [environment.value, first, setValue])

  return (
    <StepForm onSubmit={onSubmit}>
      <p className="text-base text-soft">Which folder should be sent? The sync follows every change in it.</p>
      <FolderFields
        projectId={projectId}
        value={{ environment: environment.value, secretPath: secretPath.value }}
        onChange={(value) => {
          environment.onChange(value.environment)
          secretPath.onChange(value.secretPath)
        }}
        environment={{
          help: 'The project environment to retrieve secrets from.',
          error: formState.errors.environment?.message,
          ref: environment.ref,
          onBlur: environment.onBlur,
        }}
        path={{
          help: 'The folder path to retrieve secrets from. To send several folders, let one folder import the others.',
        }}
      />
      {environment.value !== '' && (
        <Contents projectId={projectId} environment={environment.value} secretPath={secretPath.value} />
      )}
    </StepForm>
  )
}

function Contents(place: { projectId: string; environment: string; secretPath: string }) {
  const { data, error } = trpc.secrets.rows.useQuery(place)
  if (error) return <Notice kind="bad">{messageOf(error)}</Notice>
  if (!data) return <p className="text-sm text-soft">Counting secrets…</p>
  const imported = data.rows.filter((row) => row.origin.kind === 'import').length
  const broken = data.rows.filter((row) => row.problem !== null)
  return (
    <div aria-live="polite" className="grid gap-3">
      <p className="text-base">
        <span className="text-2xl font-semibold tabular-nums">{data.rows.length}</span>{' '}
        {data.rows.length === 1 ? 'secret' : 'secrets'}
        {imported > 0 && <span className="text-soft">, {count(imported, 'of them is', 'of them are')} imported</span>}
      </p>
      {data.rows.length === 0 && (
        <Notice kind="warn">
          This folder is empty. The sync can be created; it sends secrets as soon as there are some.
        </Notice>
      )}
      {broken.length > 0 && (
        <Notice kind="warn" title={`${count(broken.length, 'secret')} cannot be sent yet`}>
          {broken.map(({ key }) => key).join(', ')}. Until every value is complete, the sync is blocked and sends
          nothing.
        </Notice>
      )}
    </div>
  )
}
