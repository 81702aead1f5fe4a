import { useNavigate } from '@tanstack/react-router'
import { ArrowLeftRight } from 'lucide-react'
import { useState } from 'react'
import { AccessDenied } from '../../components/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Empty, PageHeader } from '../../components/page.tsx'
import { PathSelect } from '../../components/path-select.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { useOwnFolders } from '../../lib/own-folders.ts'
import { andBelow, useRights } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import { Comparison } from './comparison.tsx'
import type { Copying } from './copy-across.tsx'

const CopyAcross = onDemand(async () => (await import('./copy-across.tsx')).CopyAcross)

interface Props {
  projectId: string
  view: {
    left?: string | undefined
    right?: string | undefined
    path?: string | undefined
    /** `differences`: what is the same is left out. */
    only?: string | undefined
  }
}

/** Two environments side by side, from a folder down. */
export function ComparePage({ projectId, view }: Props) {
  usePageTitle('Compare environments')
  const navigate = useNavigate()
  const [copying, setCopying] = useState<Copying>()
  const project = trpc.projects.get.useQuery({ projectId })
  const environments = project.data?.environments ?? []
  const { rights } = useRights(projectId)
  const own = useOwnFolders(projectId, project.data?.environments)
  // That two values are the same says something of both: both sides have to be theirs, with everything below.
  const whyNot = (environment: string, secretPath: string) =>
    rights?.whyNot('secrets.read-values', andBelow({ projectId, environment, secretPath }))
  const start = own?.find(({ environment, secretPath }) => whyNot(environment, secretPath) === undefined)
  const left = view.left ?? start?.environment ?? environments[0]?.slug ?? ''
  const path = view.path ?? (view.left === undefined ? start?.secretPath : undefined) ?? '/'
  const right =
    view.right ??
    (
      environments.find(({ slug }) => slug !== left && whyNot(slug, path) === undefined) ??
      environments.find(({ slug }) => slug !== left)
    )?.slug ??
    ''
  const denied = whyNot(left, path) ?? whyNot(right, path)
  const compared = trpc.tree.compare.useQuery(
    { projectId, environment: left, otherEnvironment: right, secretPath: path },
    { enabled: own !== undefined && denied === undefined && left !== '' && right !== '' && left !== right },
  )
  const setView = (next: Props['view']) =>
    void navigate({
      to: '/p/$projectId/compare',
      params: { projectId },
      search: { left, right, path: path === '/' ? undefined : path, only: view.only, ...next },
      replace: true,
    })
  const choices = environments.map(({ slug, name }) => (
    <option key={slug} value={slug}>
      {name}
    </option>
  ))
  if (project.error)
    return <Failure what="This project could not be read" error={project.error} retry={project.refetch} />
  if (rights?.grant?.role === 'viewer' && denied !== undefined)
    return (
      <AccessDenied
        projectId={projectId}
        page="Compare environments"
        title="Comparing says something of values"
        why={denied}
      />
    )
  return (
    <>
      <PageHeader title="Compare environments" text="Compares raw values; references aren’t resolved." />
      <div className="grid gap-4">
        {project.data && !own ? (
          <SkeletonRows label="Comparing" rows={8} />
        ) : project.data && environments.length < 2 ? (
          <Empty
            title="There is nothing to compare with"
            action={
              <RouteButton to="/p/$projectId/settings" params={{ projectId }} denied={rights?.whyNot('project.manage')}>
                Add an environment
              </RouteButton>
            }
          >
            {rights?.may('secrets.read-names') === false
              ? 'One environment of this project is yours to see.'
              : 'This project has one environment.'}
          </Empty>
        ) : (
          <>
            <div className="grid items-end gap-3 sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)_minmax(0,1fr)]">
              <SelectField label="Left" value={left} onChange={(event) => setView({ left: event.target.value })}>
                {choices}
              </SelectField>
              <Button
                aria-label="Swap left and right"
                className="w-9 px-0 max-sm:hidden"
                onClick={() => setView({ left: right, right: left })}
              >
                <ArrowLeftRight aria-hidden className="size-4" />
              </Button>
              <SelectField label="Right" value={right} onChange={(event) => setView({ right: event.target.value })}>
                {choices}
              </SelectField>
              <PathSelect
                projectId={projectId}
                environment={left}
                value={path}
                onChange={(to) => setView({ path: to === '/' ? undefined : to })}
                label="From folder"
                needs="secrets.read-values"
              />
            </div>
            {left === right && left !== '' ? (
              <Empty title="Left and right are the same environment">Choose another one on either side.</Empty>
            ) : denied !== undefined ? (
              <AccessDenied projectId={projectId} title="Both sides have to be yours to read" why={denied} />
            ) : compared.error ? (
              <Failure what="The environments could not be compared" error={compared.error} retry={compared.refetch} />
            ) : compared.data ? (
              <Comparison
                key={`${left} ${right} ${path}`}
                projectId={projectId}
                left={left}
                right={right}
                compared={compared.data}
                onlyDifferences={view.only === 'differences'}
                onOnlyDifferences={(on) => setView({ only: on ? 'differences' : undefined })}
                onCopy={setCopying}
              />
            ) : (
              <SkeletonRows label="Comparing" rows={8} />
            )}
          </>
        )}
      </div>
      {copying && <CopyAcross projectId={projectId} copying={copying} onClose={() => setCopying(undefined)} />}
    </>
  )
}
