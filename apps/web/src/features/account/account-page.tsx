import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { PageHeader } from '../../components/pages/page.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
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
  // Not from the router: this page would be drawn again when somebody signs out, and ask for an account that is gone.
  const [hash] = useState(() => location.hash)
  const notifications = useRef<HTMLDivElement>(null)
  const isLoaded = data !== undefined
  useEffect(() => {
    if (isLoaded && hash === '#notifications') notifications.current?.focus()
  }, [isLoaded, hash])
  return (
    <div className="grid gap-4 max-xl:max-w-3xl">
      <PageHeader title={words.accountPage.title} text={data && `${data.name}, ${data.email}`} />
      {error ? (
        <Failure what={words.accountPage.unreadable} error={error} retry={refetch} />
      ) : data ? (
        <div className="grid items-start gap-4 xl:grid-cols-2">
          <div className="grid gap-4">
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
          </div>
          <div className="grid gap-4">
            <div id="notifications" tabIndex={-1} className="scroll-mt-18" ref={notifications}>
              <NotificationsCard />
            </div>
            <SessionsCard here={data.sessionId} />
          </div>
        </div>
      ) : (
        <SkeletonRows label={words.accountPage.loading} rows={5} />
      )}
    </div>
  )
}
