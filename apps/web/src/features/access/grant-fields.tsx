import { ROLES, type Role, type Scope } from '@keyferry/schemas'
import { Plus, Trash2 } from 'lucide-react'
import { useController, useFormContext } from 'react-hook-form'
import { ROLE_LABELS } from '../../components/pages/role-labels.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SelectField, TextField } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { RadioCards } from '../../components/ui/radio-cards.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

const CARDS = ROLES.map((value) => ({ value, title: ROLE_LABELS[value].word, text: ROLE_LABELS[value].text }))
const EVERYTHING: Scope = { environment: '*', secretPath: '/**' }

interface Props {
  projectId: string
  /** Where in the form `role` and `scopes` stand: empty, or ending with a dot. */
  under?: string
}

/** A role, and the environments and paths it is narrowed to. Inside a form. */
export function GrantFields({ projectId, under = '' }: Props) {
  const { control } = useFormContext()
  const role = useController({ control, name: `${under}role` }).field
  const scopes = useController({ control, name: `${under}scopes` }).field
  const places: readonly Scope[] | null = scopes.value
  return (
    <>
      <div className="grid gap-1.5">
        <span className="text-sm font-medium">{words.grantFields.role}</span>
        <RadioCards<Role> label={words.grantFields.role} value={role.value} onChange={role.onChange} cards={CARDS} />
      </div>
      <SwitchField
        label={words.grantFields.limited}
        help={words.grantFields.limitedHelp}
        checked={places !== null}
        onChange={(on) => scopes.onChange(on ? [EVERYTHING] : null)}
      />
      {places !== null && (
        <PlaceFields projectId={projectId} name={`${under}scopes`} places={places} onChange={scopes.onChange} />
      )}
    </>
  )
}

function PlaceFields({
  projectId,
  name,
  places,
  onChange,
}: {
  projectId: string
  name: string
  places: readonly Scope[]
  onChange: (places: Scope[]) => void
}) {
  const { data: project } = trpc.projects.get.useQuery({ projectId })
  const { getFieldState, formState } = useFormContext()
  const change = (at: number, part: Partial<Scope>) =>
    onChange(places.map((place, index) => (index === at ? { ...place, ...part } : place)))
  const environments = project?.environments.map(({ slug, name: title }) => [slug, title] as const) ?? []
  return (
    <fieldset className="grid min-w-0 gap-3 rounded-lg border border-line p-3">
      <legend className="px-1 text-sm font-medium">{words.grantFields.scopes}</legend>
      {places.map((place, index) => (
        // Places have no identity of their own, and are only added at the end.
        <div
          key={index}
          className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-2 sm:grid-cols-[11rem_minmax(0,1fr)_auto]"
        >
          <SelectField
            label={words.grantFields.environment(index + 1)}
            value={place.environment}
            onChange={(event) => change(index, { environment: event.target.value })}
          >
            <option value="*">{words.grantFields.everyEnvironment}</option>
            {environments.map(([slug, title]) => (
              <option key={slug} value={slug}>
                {title}
              </option>
            ))}
            {place.environment !== '*' && !environments.some(([slug]) => slug === place.environment) && (
              <option value={place.environment}>{place.environment}</option>
            )}
          </SelectField>
          <TextField
            label={words.grantFields.path(index + 1)}
            value={place.secretPath}
            onChange={(event) => change(index, { secretPath: event.target.value })}
            spellCheck={false}
            error={getFieldState(`${name}.${index}.secretPath`, formState).error?.message}
            className="max-sm:col-start-1 [&_input]:font-mono"
          />
          <div className="mt-7 max-sm:col-start-2 max-sm:row-start-1">
            <IconButton
              icon={Trash2}
              label={words.grantFields.removeScope(index + 1)}
              disabled={places.length === 1}
              onClick={() => onChange(places.filter((_, at) => at !== index))}
            />
          </div>
        </div>
      ))}
      <p className="text-sm text-soft">
        <code className="font-mono">{'/**'}</code> {words.grantFields.everythingHelp}{' '}
        <code className="font-mono">/api/**</code> {words.grantFields.belowHelp} <code className="font-mono">/api</code>{' '}
        {words.grantFields.folderHelp}
      </p>
      <Button size="sm" className="w-fit" onClick={() => onChange([...places, EVERYTHING])}>
        <Plus aria-hidden className="size-4" /> {words.grantFields.addScope}
      </Button>
    </fieldset>
  )
}
