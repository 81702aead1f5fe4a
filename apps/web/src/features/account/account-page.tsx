import { useQuery } from '@tanstack/react-query'
import { Failure } from '../../components/failure.tsx'
import { PageHeader } from '../../components/page.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { accountQuery } from './account-query.ts'
import { NotificationsCard } from './notifications-card.tsx'
import { PasskeysCard } from './passkeys-card.tsx'
import { PasswordCard } from './password-card.tsx'
import { SessionsCard } from './sessions-card.tsx'
import { TwoFactorCard } from './two-factor-card.tsx'

/** One's own password, second factor and sessions. */
export function AccountPage() {
  usePageTitle('Your account')
  const { data, error, refetch } = useQuery(accountQuery)
  if (error) return <Failure what="Your account could not be read" error={error} retry={refetch} />
  if (!data) return <SkeletonRows label="Loading your account" rows={5} />
  return (
    <div className="grid max-w-3xl gap-4">
      <PageHeader title="Your account" text={`${data.name}, ${data.email}`} />
      {data.hasPassword ? (
        <>
          <PasswordCard />
          <TwoFactorCard factors={data.factors} />
          <PasskeysCard factors={data.factors} />
        </>
      ) : (
        <Section
          title="You sign in with your organization"
          text="This account has no password here, so there is none to change, and your organization asks for the second factor."
        />
      )}
      <NotificationsCard />
      <SessionsCard here={data.sessionId} />
    </div>
  )
}
