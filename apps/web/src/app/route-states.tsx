import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { Failure } from '../components/failure.tsx'
import { MissingCode, reloadPage } from '../lib/code.ts'
import { PageHeader } from '../components/page.tsx'
import { Button } from '../components/ui/button.tsx'
import { Skeleton } from '../components/ui/skeleton.tsx'
import { words } from './words.ts'

export const PendingPage = () => (
  <div role="status" aria-label={words.routeStates.loadingPage} className="grid gap-4 p-4 md:p-8">
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
    <div className="mx-auto max-w-2xl p-4 md:p-8">
      <Failure {...failure} />
    </div>
  )
}

export const NotFoundPage = () => (
  <main className="mx-auto grid max-w-2xl gap-4 p-4 md:p-8">
    <PageHeader title={words.routeStates.notFound} text={words.routeStates.notFoundText} />
    <Button asChild variant="primary" className="w-fit">
      <Link to="/">{words.routeStates.toProject}</Link>
    </Button>
  </main>
)
