import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Alone } from '../../components/brand.tsx'
import { Failure } from '../../components/failure.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { signOut } from '../../lib/session/auth.ts'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { safeRedirect } from '../../lib/session/safe-redirect.ts'
import { accountQuery } from './account-query.ts'
import { PasskeysCard } from './passkeys-card.tsx'
import { TwoFactorCard } from './two-factor-card.tsx'
import { words } from './words.ts'

/** For a person who has to set up a second factor before anything else; leads to `next`. */
export function FactorRequiredPage({ next }: { next: string | undefined }) {
  usePageTitle(words.factorRequiredPage.title, false)
  const navigate = useNavigate()
  const { data, error, refetch } = useQuery(accountQuery)
  const leave = async () => {
    await signOut()
    await navigate({ to: '/sign-in' })
  }
  return (
    <Alone title={words.factorRequiredPage.title} text={words.factorRequiredPage.text}>
      {error && <Failure what={words.factorRequiredPage.unreadable} error={error} retry={refetch} />}
      {!error && !data && <SkeletonRows label={words.factorRequiredPage.loading} rows={3} />}
      {data && (
        <>
          {data.hasPassword ? (
            <>
              <TwoFactorCard factors={data.factors} />
              <PasskeysCard factors={data.factors} />
            </>
          ) : (
            <Notice kind="warn">{words.factorRequiredPage.viaProvider}</Notice>
          )}
          {(data.factors.app || data.factors.passkey) && (
            <Button variant="primary" onClick={() => void navigate({ href: safeRedirect(next), replace: true })}>
              {words.factorRequiredPage.continue}
            </Button>
          )}
        </>
      )}
      <Button variant="ghost" onClick={() => void leave()}>
        {words.factorRequiredPage.signOut}
      </Button>
    </Alone>
  )
}
