import { count } from '@keyferry/schemas/count'
import type { DeliveredTo, SecretDelivery } from '@keyferry/schemas'
import { Link } from '@tanstack/react-router'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Tooltip } from '../../components/ui/tooltip.tsx'
import { PROOFS, STATES } from './words.ts'

/** Every destination that should have the secret, and copies that were left behind. */
export function DeliveredList({ projectId, delivery }: { projectId: string; delivery: SecretDelivery }) {
  const { destinations, hiddenDestinations, secret } = delivery
  if (destinations.length + hiddenDestinations === 0) return null
  return (
    <section className="grid gap-2">
      <h3 className="text-sm font-semibold">Destinations</h3>
      <ul className="grid gap-2">
        {destinations.map((one) => (
          <li
            key={`${one.syncId} ${one.target} ${one.key}`}
            className="grid gap-1 rounded-lg border border-line p-3 text-sm"
          >
            <div className="flex flex-wrap items-center gap-2">
              <Link
                to="/p/$projectId/syncs/$destination/$syncId"
                params={{ projectId, destination: one.destination, syncId: one.syncId }}
                className="font-medium break-all text-accent hover:underline"
              >
                {one.syncName}
              </Link>
              <span className="break-all text-soft">{one.target}</span>
              <span className="ml-auto">
                <Badge tone={STATES[one.state].tone}>{STATES[one.state].label}</Badge>
              </span>
            </div>
            {one.key !== null && one.key !== secret.key && (
              <p className="text-soft">
                as <span className="font-mono break-all text-ink">{one.key}</span>
              </p>
            )}
            {one.reason !== null && <p className="break-words">{one.reason}</p>}
            <Held one={one} newest={delivery.version} />
          </li>
        ))}
      </ul>
      {hiddenDestinations > 0 && (
        <p className="text-sm text-soft">
          {count(hiddenDestinations, 'sync reads', 'syncs read')} this folder too. You can’t see the details.
        </p>
      )}
    </section>
  )
}

/** What the destination has now. */
function Held({ one: { version, deliveredAt, proof, provenAt }, newest }: { one: DeliveredTo; newest: number }) {
  if (deliveredAt === null) return <p className="text-soft">It has no value of this secret.</p>
  return (
    <p className="flex flex-wrap gap-x-1 text-soft">
      <span>
        {version === null ? 'An unknown version' : version === newest ? 'This version' : `Version ${version}`},
      </span>
      <span>
        written <Time iso={deliveredAt} />
      </span>
      {proof !== null && provenAt !== null && (
        <Tooltip text={PROOFS[proof].means}>
          <button type="button" className="cursor-help underline decoration-dotted underline-offset-2">
            {PROOFS[proof].label}
            {proof === 'fingerprint' ? null : (
              <>
                {' '}
                <Time iso={provenAt} />
              </>
            )}
          </button>
        </Tooltip>
      )}
    </p>
  )
}
