import { useParams, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { Failure } from '../components/failure.tsx'
import { MissingCode, reloadPage } from '../lib/loading/code.ts'
import { PageHeader } from '../components/pages/page.tsx'
import { RouteButton } from '../components/route-button.tsx'
import { Skeleton } from '../components/ui/skeleton.tsx'
import { usePageTitle } from '../lib/pages/crumbs.ts'
import { words } from './words.ts'

export const PendingPage = () => (
  <div role="status" aria-label={words.routeStates.loadingPage} className="grid gap-4">
    <Skeleton className="h-7 w-56" />
    <Skeleton className="h-4 w-80 max-w-full" />
    <Skeleton className="mt-4 h-48" />
  </div>
)

export function RouteFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const failure =
    error instanceof MissingCode
      ? // A browser remembers a script that failed until the page is reloaded.
        { what: words.routeStates.partUnreadable, error, retry: reloadPage }
      : {
          what: words.routeStates.pageUnreadable,
          error,
          retry: () => {
            reset()
            return router.invalidate()
          },
        }
  return (
    <div className="max-w-2xl p-4 in-[main]:max-w-none in-[main]:p-0">
      <Failure {...failure} />
    </div>
  )
}

/** At an address that the console does not have. Inside a project, the rail and the way back stay those of it. */
export function NotFoundPage() {
  const { projectId } = useParams({ strict: false })
  usePageTitle(words.routeStates.notFound)
  return (
    <>
      <PageHeader title={words.routeStates.notFound} text={words.routeStates.notFoundText} />
      <div className="flex flex-wrap gap-2">
        {projectId !== undefined && (
          <RouteButton variant="primary" to="/p/$projectId" params={{ projectId }}>
            {words.routeStates.toProject}
          </RouteButton>
        )}
        <RouteButton to="/projects">{words.routeStates.toProjects}</RouteButton>
      </div>
    </>
  )
}
