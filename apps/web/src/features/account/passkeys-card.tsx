import { useQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { knowsPasskeys, loadPasskey, type Factors } from '../../lib/session/auth.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { accountChanged, passkeysQuery } from './account-query.ts'
import { deviceOf } from './device.ts'
import { PasswordAsked } from './forms.tsx'
import { words } from './words.ts'

type Step = { at: 'rest' } | { at: 'add' } | { at: 'remove'; id: string }

/** Passkeys: each signs in without the password, and is a second factor beside it. */
export function PasskeysCard({ factors }: { factors: Factors }) {
  const [step, setStep] = useState<Step>({ at: 'rest' })
  const status = trpc.instance.status.useQuery(undefined, { staleTime: 60_000 })
  const { data, error, refetch } = useQuery(passkeysQuery)
  const rest = () => setStep({ at: 'rest' })
  const changed = async (message: string) => {
    toast.success(message)
    await accountChanged()
    rest()
  }
  const add = async (password: string) => {
    const { addPasskey } = await loadPasskey()
    await addPasskey({ name: deviceOf(navigator.userAgent).words, password })
    await changed(words.passkeysCard.added)
  }
  const remove = async (id: string) => {
    const { deletePasskey } = await loadPasskey()
    await deletePasskey(id)
    await changed(words.passkeysCard.removed)
  }
  if (error) return <Failure what={words.passkeysCard.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.passkeysCard.loading} rows={1} />
  const possible = status.data?.signInWith.includes('passkey') === true && knowsPasskeys()
  return (
    <Section title={words.passkeysCard.title} text={words.passkeysCard.text}>
      <div className="grid gap-4">
        {data.length > 0 && (
          <ul aria-label={words.passkeysCard.title} className="-mt-4 -mb-3 divide-y divide-line">
            {data.map(({ id, name, createdAt }) => (
              <li key={id} className="flex flex-wrap items-center gap-3 py-3 text-sm">
                <KeyRound aria-hidden className="size-5 shrink-0 text-soft" />
                <span className="grid min-w-0 flex-1 basis-40">
                  <span className="font-medium">{name ?? words.passkeysCard.unnamed}</span>
                  <span className="text-soft">
                    {words.passkeysCard.setUp} <Time iso={createdAt} />
                  </span>
                </span>
                <Button size="sm" onClick={() => setStep({ at: 'remove', id })}>
                  {words.passkeysCard.remove}
                </Button>
              </li>
            ))}
          </ul>
        )}
        {step.at === 'rest' &&
          (possible ? (
            <Button className="w-fit" onClick={() => setStep({ at: 'add' })}>
              {words.passkeysCard.add}
            </Button>
          ) : (
            <p className="text-sm text-soft">{words.passkeysCard.unsupported}</p>
          ))}
        {step.at === 'add' && (
          <PasswordAsked
            label={words.passkeysCard.continue}
            danger={false}
            factors={factors}
            act={add}
            onCancel={rest}
          />
        )}
        {step.at === 'remove' && (
          <PasswordAsked
            key={step.id}
            label={words.passkeysCard.removeAction}
            danger
            factors={factors}
            act={() => remove(step.id)}
            onCancel={rest}
          />
        )}
      </div>
    </Section>
  )
}
