import { useQuery } from '@tanstack/react-query'
import { Failure } from '../../components/failure.tsx'
import { PageHeader } from '../../components/page.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { accountQuery } from './account-query.ts'
import { DisplayCard } from './forms.tsx'
import { NameCard } from './name-card.tsx'
import { NotificationsCard } from './notifications-card.tsx'
import { PasskeysCard } from './passkeys-card.tsx'
import { PasswordCard } from './password-card.tsx'
import { SessionsCard } from './sessions-card.tsx'
import { TwoFactorCard } from './two-factor-card.tsx'
import { words } from './words.ts'

/** One's own name, display, password, second factor and sessions. */
export function AccountPage() {
  usePageTitle(words.accountPage.title)
  const { data, error, refetch } = useQuery(accountQuery)
  return (
    <div className="grid max-w-3xl gap-4">
      <PageHeader title={words.accountPage.title} text={data && `${data.name}, ${data.email}`} />
      {error ? (
        <Failure what={words.accountPage.unreadable} error={error} retry={refetch} />
      ) : data ? (
        <>
          <NameCard key={data.name} name={data.name} />
          <DisplayCard />
          {data.hasPassword ? (
            <>
              <PasswordCard />
              <TwoFactorCard factors={data.factors} />
              <PasskeysCard factors={data.factors} />
            </>
          ) : (
            <Section title={words.accountPage.viaProvider} text={words.accountPage.viaProviderText} />
          )}
          <NotificationsCard />
          <SessionsCard here={data.sessionId} />
        </>
      ) : (
        <SkeletonRows label={words.accountPage.loading} rows={5} />
      )}
    </div>
  )
}
