import { Section } from '../../components/ui/card.tsx'
import { duration } from '../../lib/display/time.ts'
import type { ProjectOverview } from '../../lib/server/types.ts'
import { words } from './words.ts'

const { delivery } = words
/** As the server counts them. */
const DAYS = 7

/** How long changes take from here to their destination. */
export function DeliveryCard({ delivery: { deliveries, p50Ms, p95Ms } }: { delivery: ProjectOverview['delivery'] }) {
  return (
    <Section title={delivery.title} text={delivery.text(deliveries, DAYS)}>
      {p50Ms !== null && p95Ms !== null && (
        <dl className="grid grid-cols-2 gap-4">
          <Figure name={delivery.p50} ms={p50Ms} />
          <Figure name={delivery.p95} ms={p95Ms} />
        </dl>
      )}
    </Section>
  )
}

const Figure = ({ name, ms }: { name: string; ms: number }) => (
  <div className="flex flex-col-reverse justify-end">
    <dt className="text-sm text-soft">{name}</dt>
    <dd className="text-2xl font-semibold tabular-nums">{duration(ms)}</dd>
  </div>
)
