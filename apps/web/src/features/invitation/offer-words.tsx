import type { offer } from '@keyferry/schemas'
import type { z } from 'zod'
import { ScopeList, ROLE_LABELS } from '../../components/role-labels.tsx'
import { Time } from '../../components/time.tsx'
import { Card } from '../../components/ui/card.tsx'

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
          <dt className="text-soft">You will be</dt>
          <dd>
            <strong className="font-medium">Instance admin</strong>: everything, in every project.
          </dd>
        </div>
      )}
      {role !== null && (
        <>
          <div className={FACT}>
            <dt className="text-soft">Your role</dt>
            <dd>
              <strong className="font-medium">{ROLE_LABELS[role].word}</strong>. {ROLE_LABELS[role].text}
            </dd>
          </div>
          <div className={FACT}>
            <dt className="text-soft">Where</dt>
            <dd>
              <ScopeList scopes={scopes} />
            </dd>
          </div>
        </>
      )}
      {role === null && !instanceAdmin && (
        <div className={FACT}>
          <dt className="text-soft">You get</dt>
          <dd>An account. Project admins add you to their projects.</dd>
        </div>
      )}
      <div className={FACT}>
        <dt className="text-soft">Link ends</dt>
        <dd>
          <Time iso={expiresAt} until />
        </dd>
      </div>
    </dl>
  </Card>
)
