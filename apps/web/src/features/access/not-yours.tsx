import type { ReactNode } from 'react'
import { ScopeList, ROLE_LABELS } from '../../components/pages/role-labels.tsx'
import { Section } from '../../components/ui/card.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Rights } from '../../lib/session/rights.ts'
import { words } from './words.ts'

/** For someone who can't see a list: why, what they are here, and whom to ask. */
export const NotYours = ({ rights, children }: { rights: Rights; children: ReactNode }) => (
  <div className="grid gap-4">
    <Notice title={words.notYours.title}>{children}</Notice>
    {rights.grant && (
      <Section title={words.notYours.ownAccess} text={rights.email}>
        <dl className="grid gap-3 text-sm">
          <div className="grid gap-0.5">
            <dt className="text-soft">{words.notYours.role}</dt>
            <dd>
              <strong className="font-medium">{ROLE_LABELS[rights.grant.role].word}</strong>.{' '}
              {ROLE_LABELS[rights.grant.role].text}
            </dd>
          </div>
          <div className="grid gap-0.5">
            <dt className="text-soft">{words.notYours.where}</dt>
            <dd>
              <ScopeList scopes={rights.grant.scopes} />
            </dd>
          </div>
        </dl>
      </Section>
    )}
  </div>
)
