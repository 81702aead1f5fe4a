import { useState, type ReactNode } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import { durationWords } from '../access/duration.ts'
import { UniversalAuthForm } from './forms.tsx'
import type { UniversalAuth } from '../access/types.ts'
import { words } from './words.ts'

/** What the tokens of a machine are like, and when its sign-in locks. */
export function UniversalAuthCard({ identityId }: { identityId: string }) {
  const { data, error, refetch } = trpc.universalAuth.get.useQuery({ identityId })
  const [changing, setChanging] = useState(false)
  if (error) return <Failure what={words.universalAuthCard.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.universalAuthCard.loading} rows={3} />
  return (
    <Section
      title={words.universalAuthCard.title}
      text={words.universalAuthCard.text}
      action={
        !changing && (
          <Button size="sm" aria-label={words.universalAuthCard.changeNamed} onClick={() => setChanging(true)}>
            {words.universalAuthCard.change}
          </Button>
        )
      }
    >
      {changing ? <UniversalAuthForm auth={data} onDone={() => setChanging(false)} /> : <InWords auth={data} />}
    </Section>
  )
}

function InWords({ auth }: { auth: UniversalAuth }) {
  const uses = auth.accessTokenNumUsesLimit
  return (
    <dl className="grid gap-2 text-sm">
      <Fact word={words.universalAuthCard.tokenLifetime}>
        {words.universalAuthCard.withRenewalsAtMost(
          durationWords(auth.accessTokenTTL),
          durationWords(auth.accessTokenMaxTTL),
        )}
      </Fact>
      <Fact word={words.universalAuthCard.usesOneToken}>{uses === 0 ? words.universalAuthCard.noLimit : uses}</Fact>
      <Fact word={words.universalAuthCard.signInFrom}>{addressWords(auth.clientSecretTrustedIps)}</Fact>
      <Fact word={words.universalAuthCard.tokensFrom}>{addressWords(auth.accessTokenTrustedIps)}</Fact>
      <Fact word={words.universalAuthCard.lockout}>
        {auth.lockoutEnabled
          ? words.universalAuthCard.forAfterWithin(
              durationWords(auth.lockoutDurationSeconds),
              auth.lockoutThreshold,
              durationWords(auth.lockoutCounterResetSeconds),
            )
          : words.universalAuthCard.never}
      </Fact>
    </dl>
  )
}

const Fact = ({ word, children }: { word: string; children: ReactNode }) => (
  <div className="grid gap-x-3 sm:grid-cols-[11rem_minmax(0,1fr)]">
    <dt className="text-soft">{word}</dt>
    <dd className="break-words">{children}</dd>
  </div>
)

const EVERYWHERE = new Set(['0.0.0.0/0', '::/0'])

const addressWords = (addresses: UniversalAuth['clientSecretTrustedIps']): string =>
  addresses.every(({ ipAddress }) => EVERYWHERE.has(ipAddress))
    ? words.universalAuthCard.everywhere
    : addresses.map(({ ipAddress }) => ipAddress).join(', ')
