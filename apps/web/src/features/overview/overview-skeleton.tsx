import { Card } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { COLUMNS } from './columns.ts'

/** The overview in outline, until it is known whether the project has syncs. */
export const OverviewSkeleton = () => (
  <>
    <Skeleton className="mb-5 h-7 w-48" />
    <div className={COLUMNS}>
      <div className="grid gap-4">
        <CardSkeleton body="h-10" />
        <CardSkeleton body="h-72" />
      </div>
      <div className="grid items-start gap-4 md:grid-cols-2 2xl:grid-cols-1">
        <CardSkeleton body="h-32" />
        <CardSkeleton body="h-14" />
        <CardSkeleton body="h-40" />
      </div>
    </div>
  </>
)

const CardSkeleton = ({ body }: { body: string }) => (
  <Card className="grid gap-4 p-4">
    <Skeleton className="w-32" />
    <Skeleton className={body} />
  </Card>
)
