import type { ReactNode } from 'react'
import { ScopeList, ROLE_LABELS } from '../../components/role-labels.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Rights } from '../../lib/rights.ts'

/** For someone who can't see a list: why, what they are here, and whom to ask. */
export const NotYours = ({ rights, children }: { rights: Rights; children: ReactNode }) => (
  <div className="grid gap-4">
    <Notice title="Only admins of the project see this">{children}</Notice>
    {rights.grant && (
      <Section title="Your own access" text={rights.email}>
        <dl className="grid gap-3 text-sm">
          <div className="grid gap-0.5">
            <dt className="text-soft">Role</dt>
            <dd>
              <strong className="font-medium">{ROLE_LABELS[rights.grant.role].word}</strong>.{' '}
              {ROLE_LABELS[rights.grant.role].text}
            </dd>
          </div>
          <div className="grid gap-1">
            <dt className="text-soft">Where</dt>
            <dd>
              <ScopeList scopes={rights.grant.scopes} />
            </dd>
          </div>
        </dl>
      </Section>
    )}
  </div>
)
