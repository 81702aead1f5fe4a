import { count } from '@keyferry/schemas/count'
import { useState, type ReactNode } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { trpc } from '../../lib/trpc.ts'
import { durationWords } from './duration.ts'
import { UniversalAuthForm } from './forms.tsx'
import type { UniversalAuth } from './types.ts'

/** What the tokens of a machine are like, and when its sign-in locks. */
export function UniversalAuthCard({ identityId }: { identityId: string }) {
  const { data, error, refetch } = trpc.universalAuth.get.useQuery({ identityId })
  const [changing, setChanging] = useState(false)
  if (error) return <Failure what="How it signs in could not be read" error={error} retry={refetch} />
  if (!data) return <SkeletonRows label="Loading how it signs in" rows={3} />
  return (
    <Section
      title="Tokens and lock-out"
      text="What is changed holds from the next sign-in on; addresses hold at once."
      action={
        !changing && (
          <Button size="sm" aria-label="Change tokens and lock-out" onClick={() => setChanging(true)}>
            Change
          </Button>
        )
      }
    >
      {changing ? (
        <UniversalAuthForm key={data.updatedAt} auth={data} onDone={() => setChanging(false)} />
      ) : (
        <InWords auth={data} />
      )}
    </Section>
  )
}

function InWords({ auth }: { auth: UniversalAuth }) {
  const uses = auth.accessTokenNumUsesLimit
  return (
    <dl className="grid gap-2 text-sm">
      <Fact word="A token lives">
        {durationWords(auth.accessTokenTTL)}, with renewals at most {durationWords(auth.accessTokenMaxTTL)}
      </Fact>
      <Fact word="Uses of one token">{uses === 0 ? 'No limit' : uses}</Fact>
      <Fact word="May sign in from">{addressWords(auth.clientSecretTrustedIps)}</Fact>
      <Fact word="May use tokens from">{addressWords(auth.accessTokenTrustedIps)}</Fact>
      <Fact word="Sign-in locks">
        {auth.lockoutEnabled
          ? `for ${durationWords(auth.lockoutDurationSeconds)}, after ${count(auth.lockoutThreshold, 'wrong secret')} within ${durationWords(auth.lockoutCounterResetSeconds)}`
          : 'Never'}
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
    ? 'Everywhere'
    : addresses.map(({ ipAddress }) => ipAddress).join(', ')
