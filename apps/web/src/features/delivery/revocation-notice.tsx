import type { SecretDelivery } from '@keyferry/schemas'
import { revocationReasonText } from '@keyferry/schemas/delivery-words'
import { Notice } from '../../components/ui/notice.tsx'

/** Whether the value before can be revoked. Updates on its own, so it is announced. */
export function RevocationNotice({
  delivery: { revocation, destinations, isDelivered },
}: {
  delivery: SecretDelivery
}) {
  return (
    <div aria-live="polite">
      {revocation === null ? (
        <Notice
          title={
            destinations.length === 0
              ? 'No sync sends this secret'
              : isDelivered
                ? 'Every destination has it'
                : 'Not every destination has it yet'
          }
        >
          There is no older value to revoke.
        </Notice>
      ) : revocation.isSafe ? (
        <Notice title="The old value can be revoked">Nothing that Keyferry knows of still has it.</Notice>
      ) : (
        <Notice kind="warn" title="Don’t revoke the old value yet">
          <ul className="grid list-disc gap-0.5 pl-4">
            {revocation.reasons.map((reason, index) => (
              <li key={index}>{revocationReasonText(reason)}.</li>
            ))}
          </ul>
        </Notice>
      )}
    </div>
  )
}
