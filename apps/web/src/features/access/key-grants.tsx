import type { CreateApiKey } from './types.ts'
import { useFieldArray, useFormContext } from 'react-hook-form'
import { Button } from '../../components/ui/button.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { trpc } from '../../lib/trpc.ts'
import { GrantFields } from './grant-fields.tsx'

/** What a key may do, project by project. Inside the form of a key, which begins with one project. */
export function KeyGrants() {
  const { control } = useFormContext<CreateApiKey>()
  const { fields, append, remove } = useFieldArray({ control, name: 'grants' })
  const projects = trpc.projects.list.useQuery()
  const nameOf = (projectId: string) => projects.data?.find(({ id }) => id === projectId)?.name ?? 'This project'
  const others = projects.data?.filter(({ id }) => fields.every(({ projectId }) => projectId !== id)) ?? []
  const [only] = fields
  return (
    <>
      {fields.length === 1 && only ? (
        <GrantFields projectId={only.projectId} under="grants.0." />
      ) : (
        fields.map(({ id, projectId }, index) => (
          <fieldset key={id} className="grid min-w-0 gap-4 rounded-lg border border-line p-3">
            <legend className="max-w-full px-1 text-sm font-semibold break-words">{nameOf(projectId)}</legend>
            <GrantFields projectId={projectId} under={`grants.${index}.`} />
            <Button
              size="sm"
              className="w-fit"
              aria-label={`Leave out ${nameOf(projectId)}`}
              onClick={() => remove(index)}
            >
              Leave out
            </Button>
          </fieldset>
        ))
      )}
      {others.length > 0 && (
        <SelectField
          label="Another project"
          optional
          value=""
          onChange={({ target }) => append({ projectId: target.value, role: 'developer', scopes: null })}
        >
          <option value="">Choose…</option>
          {others.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
    </>
  )
}
