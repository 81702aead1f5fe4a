import type { ReactNode } from 'react'
import { useRights } from '../../lib/session/rights.ts'
import { Empty, PageHeader } from './page.tsx'
import { ScopeList, ROLE_LABELS } from './role-labels.tsx'
import { RouteButton } from '../route-button.tsx'
import { words } from '../words.ts'

interface Props {
  projectId: string
  /** The page's own heading, where nothing else of it is shown. */
  page?: string
  title: string
  /** Why it is closed to them. */
  why: ReactNode
  /** Where they may go instead of the secrets and syncs that are theirs. */
  action?: ReactNode
}

/** Instead of what its reader may not see: why, what they were given here, and where they may go. */
export function AccessDenied({ projectId, page, title, why, action }: Props) {
  const { rights } = useRights(projectId)
  const grant = rights?.grant
  return (
    <>
      {page !== undefined && <PageHeader title={page} />}
      <Empty
        title={title}
        action={
          action ?? (
            <>
              <RouteButton variant="primary" to="/p/$projectId/secrets" params={{ projectId }}>
                {words.accessDenied.goSecrets}
              </RouteButton>
              <RouteButton to="/p/$projectId/syncs" params={{ projectId }}>
                {words.accessDenied.goSyncs}
              </RouteButton>
            </>
          )
        }
      >
        <div className="grid justify-items-center gap-2">
          {grant && (
            <div className="flex flex-wrap items-center justify-center gap-x-2 gap-y-1 text-sm">
              {words.accessDenied.yourRole(ROLE_LABELS[grant.role].word.toLowerCase())}{' '}
              <ScopeList scopes={grant.scopes} />
            </div>
          )}
          <p>{why}</p>
        </div>
      </Empty>
    </>
  )
}
