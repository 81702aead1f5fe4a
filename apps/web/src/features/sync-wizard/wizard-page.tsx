import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { FormProvider, useForm, useWatch } from 'react-hook-form'
import { AccessDenied } from '../../components/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { useWhyNot } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import { DestinationStep } from './destination-step.tsx'
import { DetailsStep } from './details-step.tsx'
import { EMPTY, loadDraft, saveDraft, withDestination } from './draft.ts'
import { InitialStep } from './initial-step.tsx'
import { SourceStep } from './source-step.tsx'
import { StepList } from './step-list.tsx'
import { STEPS, type StepId } from './steps.ts'
import { Summary } from './summary.tsx'
import { targetProblems } from './target-problems.ts'
import { loadChecks } from './load-checks.ts'

const TargetStep = onDemand(async () => (await import('./target-step.tsx')).TargetStep)
const OptionsStep = onDemand(async () => (await import('./options-step.tsx')).OptionsStep)
const ReviewStep = onDemand(async () => (await import('./review-step.tsx')).ReviewStep)

const route = getRouteApi('/inside/p/$projectId/syncs/new')

export function WizardPage() {
  usePageTitle('Add sync')
  const { projectId } = route.useParams()
  const { data: destinations, error, refetch } = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  const denied = useWhyNot(projectId)('syncs.manage')
  if (denied !== undefined)
    return <AccessDenied projectId={projectId} page="Add sync" title="New syncs are for admins" why={denied} />
  if (error) return <Failure what="The destinations could not be read" error={error} retry={refetch} />
  if (!destinations) return <SkeletonRows label="Loading the wizard" />
  return <Wizard key={projectId} projectId={projectId} destinations={destinations} />
}

function Wizard({ projectId, destinations }: { projectId: string; destinations: readonly Destination[] }) {
  const navigate = useNavigate()
  const asked = route.useSearch().step
  const form = useForm({ defaultValues: () => loadDraft(projectId) })
  const { clearErrors } = form
  const { isLoading } = form.formState
  const draft = useWatch({ control: form.control, compute: (values) => values })
  const [checking, setChecking] = useState(false)
  const heading = useRef<HTMLHeadingElement>(null)
  const destination = destinations.find(({ name }) => name === draft.destination)
  const checks = useChecks(asked !== undefined || (draft.destination ?? '') !== '')
  const limit = isLoading || !checks ? 0 : checks.reachable(draft, destination)
  const at = Math.min(
    Math.max(
      STEPS.findIndex(({ id }) => id === asked),
      0,
    ),
    limit,
  )
  const step = STEPS[at] ?? STEPS[0]

  useEffect(() => {
    if (isLoading) return
    saveDraft(projectId, draft)
    // What was wrong may be right now; "Next" looks again.
    clearErrors()
  }, [projectId, draft, isLoading, clearErrors])
  useEffect(() => heading.current?.focus({ preventScroll: true }), [step.id])

  const go = (id: StepId) =>
    void navigate({ to: '/p/$projectId/syncs/new', params: { projectId }, search: { step: id } })
  const next = async () => {
    clearErrors()
    const values = form.getValues()
    setChecking(true)
    const { problemsOf } = await loadChecks()
    const local = problemsOf(step.id, values, destination)
    const problems =
      step.id === 'target' && local.length === 0 ? await targetProblems(projectId, values, destination) : local
    setChecking(false)
    for (const { path, message } of problems) form.setError(path as 'name', { message })
    const following = STEPS[at + 1]
    if (problems.length === 0 && following) go(following.id)
  }
  const submit = () => void next()
  if (isLoading || (asked !== undefined && !checks)) return <SkeletonRows label="Loading the wizard" />

  return (
    <FormProvider {...form}>
      <div className="grid items-start gap-6 lg:grid-cols-[11rem_minmax(0,1fr)] xl:grid-cols-[11rem_minmax(0,1fr)_17rem] xl:has-[#wizard-review]:grid-cols-[11rem_minmax(0,1fr)]">
        <StepList at={at} limit={limit} onGo={go} />
        <section aria-labelledby="wizard-heading" className="grid min-w-0 gap-5">
          <h1
            id="wizard-heading"
            ref={heading}
            tabIndex={-1}
            className="text-xl font-semibold tracking-tight outline-none"
          >
            {step.title}
          </h1>
          {step.id === 'destination' && (
            <DestinationStep
              destinations={destinations}
              value={draft.destination}
              onPick={(picked) => {
                form.reset(withDestination(form.getValues(), picked))
                go('source')
              }}
            />
          )}
          {step.id === 'source' && <SourceStep projectId={projectId} onSubmit={submit} />}
          {destination && (
            <>
              {step.id === 'target' && <TargetStep projectId={projectId} destination={destination} onSubmit={submit} />}
              {step.id === 'initial' && <InitialStep destination={destination} onSubmit={submit} />}
              {step.id === 'options' && (
                <OptionsStep projectId={projectId} destination={destination} onSubmit={submit} />
              )}
              {step.id === 'details' && <DetailsStep destination={destination} onSubmit={submit} />}
              {step.id === 'review' && (
                <ReviewStep projectId={projectId} draft={draft} destination={destination} onGo={go} />
              )}
            </>
          )}
          {step.id !== 'review' && (
            <div className="flex justify-between gap-2 border-t border-line pt-4">
              {at > 0 ? <Button onClick={() => go(STEPS[at - 1]?.id ?? 'destination')}>Back</Button> : <span />}
              <Button
                variant="primary"
                busy={checking}
                type={at > 0 ? 'submit' : 'button'}
                form={at > 0 ? 'wizard-step' : undefined}
                onClick={at > 0 ? undefined : submit}
              >
                Next
              </Button>
            </div>
          )}
        </section>
        {step.id !== 'review' && (
          <Summary
            draft={draft}
            destination={destination}
            onRestart={() => {
              form.reset(EMPTY)
              go('destination')
            }}
          />
        )}
      </div>
    </FormProvider>
  )
}

/** How far one may go, and the schemas it takes, are loaded with what follows the first step. */
function useChecks(wanted: boolean): typeof import('./checks.ts') | undefined {
  const [checks, setChecks] = useState<typeof import('./checks.ts')>()
  useEffect(() => {
    if (!wanted) return
    loadChecks().then(setChecks, (error: unknown) =>
      // To the page that says so, and offers to load again.
      setChecks(() => {
        throw error
      }),
    )
  }, [wanted])
  return checks
}
