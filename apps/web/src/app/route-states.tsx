import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { Failure } from '../components/failure.tsx'
import { Empty } from '../components/page.tsx'
import { Button } from '../components/ui/button.tsx'
import { Skeleton } from '../components/ui/skeleton.tsx'

export const PendingPage = () => (
  <div role="status" aria-label="Loading the page" className="grid gap-4 p-4 md:p-8">
    <Skeleton className="h-7 w-56" />
    <Skeleton className="h-4 w-80 max-w-full" />
    <Skeleton className="mt-4 h-48" />
  </div>
)

export function RouteFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  return (
    <div className="mx-auto max-w-2xl p-4 md:p-8">
      <Failure
        what="This page could not be opened"
        error={error}
        retry={() => {
          reset()
          return router.invalidate()
        }}
      />
    </div>
  )
}

export const NotFoundPage = () => (
  <div className="mx-auto max-w-2xl p-4 md:p-8">
    <Empty
      title="There is no page at this address"
      action={
        <Button asChild variant="primary">
          <Link to="/">Go to your project</Link>
        </Button>
      }
    >
      It may have been moved or deleted, or the link may be incomplete.
    </Empty>
  </div>
)
