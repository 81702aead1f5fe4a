import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { FormProvider, useForm, useWatch, type UseFormReturn } from 'react-hook-form'
import { Refusal } from '../../components/refusal.tsx'
import { issuesOf } from '../../lib/server/errors.ts'
import { isBlank } from '../../lib/forms/form-fields.ts'
import { markStale } from '../../lib/server/stale.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { Destination } from '../../lib/server/types.ts'
import { detailProblems, planProblems, type Problem } from './checks.ts'
import { CreateBar } from './create-bar.tsx'
import { DetailsSection } from './details-section.tsx'
import { toCreate, toPreview, type Draft } from './draft.ts'
import { OptionsSection } from './options-section.tsx'
import { PlanPanel } from './plan-panel.tsx'
import { SourceSection } from './source-section.tsx'
import { dropDraft, loadDraft, saveDraft } from './stored-draft.ts'
import { TargetSection } from './target-section.tsx'
import { UnderstandDialog } from './understand-dialog.tsx'
import { usePlan, type Planned } from './use-plan.ts'

interface Props {
  projectId: string
  destination: Destination
}

/** All choices of a new sync on one page, and its plan beside them. */
export function SyncForm({ projectId, destination }: Props) {
  const form = useForm({ defaultValues: loadDraft(projectId, destination) })
  return (
    <FormProvider {...form}>
      <Sections projectId={projectId} destination={destination} form={form} />
    </FormProvider>
  )
}

function Sections({ projectId, destination, form }: Props & { form: UseFormReturn<Draft> }) {
  const navigate = useNavigate()
  const create = trpc.syncs.create.useMutation()
  const [confirming, setConfirming] = useState(false)
  const draft = useWatch({ control: form.control, compute: (values) => values })
  const missing = planProblems(draft, destination)
  const planned = usePlan(missing.length === 0 ? toPreview(projectId, draft, destination) : null)
  const problems = [...missing, ...refusedFields(planned.error), ...detailProblems(draft)]
  const input = toCreate(projectId, draft, destination)

  useEffect(() => saveDraft(projectId, draft), [projectId, draft])
  useShownProblems(form, draft, problems)
  usePolicyOfPlace(form, draft, planned)

  const submit = async (planHash?: string) => {
    const sync = await create.mutateAsync({ ...input, ...(planHash !== undefined && { planHash }) }).catch(() => null)
    if (sync === null) {
      // The destination may have changed meanwhile.
      planned.refresh()
      return
    }
    await markStale('syncs.create')
    await navigate({
      to: '/p/$projectId/syncs/$destination/$syncId',
      params: { projectId, destination: sync.destination, syncId: sync.id },
    })
    dropDraft(projectId)
  }

  return (
    <>
      <div className="grid items-start gap-5 xl:grid-cols-[minmax(0,1fr)_minmax(20rem,26rem)] 2xl:grid-cols-[minmax(0,56rem)_minmax(26rem,1fr)]">
        <div className="grid min-w-0 gap-4">
          <SourceSection projectId={projectId} />
          <TargetSection projectId={projectId} destination={destination} />
          <OptionsSection
            projectId={projectId}
            destination={destination}
            sharedPlace={planned.place?.sharedPlace ?? null}
          />
          <DetailsSection projectId={projectId} destination={destination} />
        </div>
        <PlanPanel planned={planned} autoSync={draft.autoSync} problem={missing[0]?.message} />
      </div>
      {!confirming && <Refusal error={create.error} />}
      <CreateBar
        planned={planned}
        problems={problems}
        busy={create.isPending}
        onCreate={() => (planned.imports ? void submit() : setConfirming(true))}
        onFix={({ path }) => form.setFocus(path as 'name')}
      />
      {confirming && planned.plan && (
        <UnderstandDialog
          plan={planned.plan}
          destination={destination}
          busy={create.isPending}
          error={create.error}
          onClose={() => setConfirming(false)}
          onConfirm={(hash) => void submit(hash)}
        />
      )}
    </>
  )
}

/** What the destination's own rules say of a field, which only the server knows. */
const refusedFields = (error: unknown): Problem[] =>
  issuesOf(error).map(({ path: [first = '', second = '', ...rest], message }) => ({
    path:
      first === 'options' ? (second === 'keySchema' ? second : `own.${second}`) : [first, second, ...rest].join('.'),
    message,
  }))

/** Shows what is wrong with a field beside it; what is only missing yet, the foot of the page says. */
function useShownProblems(form: UseFormReturn<Draft>, draft: Draft, problems: readonly Problem[]): void {
  const { clearErrors, setError } = form
  const shown = problems.filter(({ path }) => !isBlank(valueAt(draft, path)))
  const text = JSON.stringify(shown)
  useEffect(() => {
    clearErrors()
    const now: Problem[] = JSON.parse(text)
    for (const { path, message } of now) setError(path as 'name', { message })
  }, [text, clearErrors, setError])
}

const valueAt = (draft: Draft, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (value, part) => (value !== null && typeof value === 'object' ? Reflect.get(value, part) : undefined),
      draft,
    )

/** Where others keep theirs too, only what the sync wrote is deleted, unless a person chooses otherwise. */
function usePolicyOfPlace({ setValue }: UseFormReturn<Draft>, draft: Draft, { place }: Planned): void {
  const policy = place === undefined || place.sharedPlace === null ? 'mirror' : 'owned'
  useEffect(() => {
    if (place !== undefined && !draft.isPolicyChosen && draft.deletionPolicy !== policy)
      setValue('deletionPolicy', policy)
  }, [place, policy, draft.isPolicyChosen, draft.deletionPolicy, setValue])
}
