import type { CreateApiKey } from '../types.ts'
import { useFieldArray, useFormContext } from 'react-hook-form'
import { Button } from '../../../components/ui/button.tsx'
import { SelectField } from '../../../components/ui/field.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import { GrantFields } from '../grant-fields.tsx'
import { words } from '../words.ts'

/** What a key may do, project by project. Inside the form of a key, which begins with one project. */
export function KeyGrants() {
  const { control } = useFormContext<CreateApiKey>()
  const { fields, append, remove } = useFieldArray({ control, name: 'grants' })
  const projects = trpc.projects.list.useQuery()
  const nameOf = (projectId: string) =>
    projects.data?.find(({ id }) => id === projectId)?.name ?? words.keyGrants.thisProject
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
              aria-label={words.keyGrants.removeNamed(nameOf(projectId))}
              onClick={() => remove(index)}
            >
              {words.keyGrants.remove}
            </Button>
          </fieldset>
        ))
      )}
      {others.length > 0 && (
        <SelectField
          label={words.keyGrants.anotherProject}
          optional
          value=""
          onChange={({ target }) => append({ projectId: target.value, role: 'developer', scopes: null })}
        >
          <option value="">{words.keyGrants.choose}</option>
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
