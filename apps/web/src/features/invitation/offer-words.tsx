import type { offer } from '@keyferry/schemas'
import type { z } from 'zod'
import { ScopeList, ROLE_LABELS } from '../../components/pages/role-labels.tsx'
import { Time } from '../../components/time.tsx'
import { Card } from '../../components/ui/card.tsx'
import { words } from './words.ts'

const FACT = 'grid grid-cols-[6rem_minmax(0,1fr)] gap-3 text-sm'

/** What taking it up gives. */
export const OfferWords = ({
  offer: { role, scopes, instanceAdmin, expiresAt },
}: {
  offer: z.output<typeof offer>
}) => (
  <Card className="p-4">
    <dl className="grid gap-2.5">
      {instanceAdmin && (
        <div className={FACT}>
          <dt className="text-soft">{words.offerWords.youWillBe}</dt>
          <dd>
            <strong className="font-medium">{words.offerWords.instanceAdmin}</strong>. {words.offerWords.everything}
          </dd>
        </div>
      )}
      {role !== null && (
        <>
          <div className={FACT}>
            <dt className="text-soft">{words.offerWords.yourRole}</dt>
            <dd>
              <strong className="font-medium">{ROLE_LABELS[role].word}</strong>. {ROLE_LABELS[role].text}
            </dd>
          </div>
          <div className={FACT}>
            <dt className="text-soft">{words.offerWords.where}</dt>
            <dd>
              <ScopeList scopes={scopes} />
            </dd>
          </div>
        </>
      )}
      {role === null && !instanceAdmin && (
        <div className={FACT}>
          <dt className="text-soft">{words.offerWords.youGet}</dt>
          <dd>{words.offerWords.accountOnly}</dd>
        </div>
      )}
      <div className={FACT}>
        <dt className="text-soft">{words.offerWords.linkExpires}</dt>
        <dd>
          <Time iso={expiresAt} until />
        </dd>
      </div>
    </dl>
  </Card>
)
