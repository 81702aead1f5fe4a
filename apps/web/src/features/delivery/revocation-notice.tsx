import type { SecretDelivery } from '@keyferry/schemas'
import { revocationReasonText } from '@keyferry/schemas/delivery-words'
import { Notice } from '../../components/ui/notice.tsx'
import { words } from './words.ts'

/** Whether the value before can be revoked. Updates on its own, so it is announced. */
export function RevocationNotice({
  delivery: { revocation, destinations, isDelivered },
}: {
  delivery: SecretDelivery
}) {
  const isExcluded = destinations.some(({ state }) => state === 'excluded')
  const isSent = destinations.some(({ state }) => state !== 'excluded' && state !== 'left-behind')
  return (
    <div aria-live="polite">
      {revocation === null ? (
        <Notice
          title={
            !isSent
              ? words.revocationNotice.title
              : isDelivered
                ? isExcluded
                  ? words.revocationNotice.everyOtherDestinationHas
                  : words.revocationNotice.everyDestinationHas
                : words.revocationNotice.notEveryDestinationHas
          }
        >
          {words.revocationNotice.thereNoOlderValue}
        </Notice>
      ) : revocation.isSafe ? (
        <Notice kind="good" title={words.revocationNotice.oldValueCanBe}>
          {words.revocationNotice.nothingKeyferryKnowsStill}
        </Notice>
      ) : (
        <Notice kind="warn" title={words.revocationNotice.dontRevokeOldValue}>
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
