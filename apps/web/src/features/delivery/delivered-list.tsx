import type { DeliveredTo, SecretDelivery } from '@keyferry/schemas'
import { deliveryProofText } from '@keyferry/schemas/delivery-words'
import { Link } from '@tanstack/react-router'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { STATE_TONES } from './state-tones.ts'
import { words } from './words.ts'

/** Every destination that should have the secret, and copies that were left behind. */
export function DeliveredList({ projectId, delivery }: { projectId: string; delivery: SecretDelivery }) {
  const { destinations, hasHiddenDestinations, secret } = delivery
  if (destinations.length === 0 && !hasHiddenDestinations) return null
  return (
    <section className="grid gap-2">
      <h3 className="text-sm font-semibold">{words.deliveredList.destinations}</h3>
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
                className="font-medium wrap-anywhere text-accent hover:underline"
              >
                {one.syncName}
              </Link>
              <span className="wrap-anywhere text-soft">{one.target}</span>
              <span className="ml-auto">
                <Badge tone={STATE_TONES[one.state]}>{words.states[one.state]}</Badge>
              </span>
            </div>
            {one.key !== null && one.key !== secret.key && (
              <p className="text-soft">
                {words.deliveredList.as} <span className="font-mono break-all text-ink">{one.key}</span>
              </p>
            )}
            {one.reason !== null && <p className="break-words">{one.reason}</p>}
            <Held one={one} newest={delivery.version} />
            {one.state === 'excluded' && one.deliveredAt !== null && (
              <p className="text-soft">{words.deliveredList.notCompared}</p>
            )}
          </li>
        ))}
      </ul>
      {hasHiddenDestinations && <p className="text-sm text-soft">{words.deliveredList.hiddenSyncs}</p>}
    </section>
  )
}

/** What the destination has now. */
function Held({ one: { version, deliveredAt, proof, provenAt }, newest }: { one: DeliveredTo; newest: number }) {
  if (deliveredAt === null) return <p className="text-soft">{words.deliveredList.hasNoValueSecret}</p>
  return (
    <p className="flex flex-wrap gap-x-1 text-soft">
      <span>
        {version === null
          ? words.deliveredList.unknownVersion
          : version === newest
            ? words.deliveredList.thisVersion
            : words.deliveredList.version(version)}
        ,
      </span>
      <span>
        {words.deliveredList.written} <Time iso={deliveredAt} />
        {proof !== null && provenAt !== null && ' ·'}
      </span>
      {proof !== null && provenAt !== null && (
        <button
          type="button"
          data-tooltip={words.proofMeans[proof]}
          className="cursor-help underline decoration-dotted underline-offset-2"
        >
          {deliveryProofText(proof)}
          {proof === 'fingerprint' ? null : (
            <>
              {' '}
              <Time iso={provenAt} />
            </>
          )}
        </button>
      )}
    </p>
  )
}
