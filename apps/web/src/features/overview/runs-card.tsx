import { onDemand } from '../../components/on-demand.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { clockTime } from '../../lib/display/time.ts'
import type { ProjectOverview } from '../../lib/server/types.ts'
import { words } from './words.ts'

const { activity } = words
const RunsChart = onDemand(async () => (await import('./runs-chart.tsx')).RunsChart, <Skeleton className="h-30" />)

/** The runs of the last day: a sentence, a chart, and for screen readers a table. */
export function RunsCard({ hours }: { hours: ProjectOverview['hours'] }) {
  const sum = (of: 'succeeded' | 'failed') => hours.reduce((total, hour) => total + hour[of], 0)
  return (
    <Section title={activity.title} text={activity.runs(sum('succeeded'), sum('failed'))}>
      {/* The chart draws at the width it had until it hears of a new one, and must not widen the page meanwhile. */}
      <div aria-hidden className="w-0 min-w-full overflow-hidden">
        <RunsChart hours={hours} />
      </div>
      {/* A table ignores a width that is too small for it, so a box hides it. */}
      <div className="sr-only">
        <table>
          <caption>{activity.table}</caption>
          <thead>
            <tr>
              <th scope="col">{activity.hour}</th>
              <th scope="col">{activity.succeeded}</th>
              <th scope="col">{activity.failed}</th>
            </tr>
          </thead>
          <tbody>
            {hours
              .filter(({ succeeded, failed }) => succeeded + failed > 0)
              .map(({ from, succeeded, failed }) => (
                <tr key={from}>
                  <th scope="row">{clockTime(from)}</th>
                  <td>{succeeded}</td>
                  <td>{failed}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
