import { useState } from 'react'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { answered, loadAuth, type Factors } from '../../lib/session/auth.ts'
import { toast } from '../../lib/toast.ts'
import { accountChanged } from './account-query.ts'
import { PasswordAsked, TwoFactorSetup } from './forms.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import type { Setup } from './two-factor-setup.tsx'
import { words } from './words.ts'

type Step =
  | { at: 'rest' }
  | { at: 'password'; for: 'setup' | 'codes' | 'off' }
  | { at: 'setup'; setup: Setup }
  | { at: 'codes'; codes: readonly string[] }

/** An authenticator app as second factor: codes of it (TOTP), and recovery codes for when it is lost. */
export function TwoFactorCard({ factors }: { factors: Factors }) {
  const on = factors.app
  const [step, setStep] = useState<Step>({ at: 'rest' })
  const rest = () => setStep({ at: 'rest' })

  const begin = async (password: string) => {
    const { twoFactor } = await loadAuth()
    const answer = answered(await twoFactor.enable({ password }))
    if (answer.method === 'totp') setStep({ at: 'setup', setup: { uri: answer.totpURI, codes: answer.backupCodes } })
  }
  const renew = async (password: string) => {
    const { twoFactor } = await loadAuth()
    const { backupCodes } = answered(await twoFactor.generateBackupCodes({ password }))
    setStep({ at: 'codes', codes: backupCodes })
  }
  const switchOff = async (password: string) => {
    const { twoFactor } = await loadAuth()
    answered(await twoFactor.disable({ password }))
    toast.success(words.twoFactorCard.turnedOff)
    await accountChanged()
    rest()
  }
  const askPassword = (why: 'setup' | 'codes' | 'off') => setStep({ at: 'password', for: why })
  const asked = {
    setup: { label: words.twoFactorCard.continue, act: begin, danger: false },
    codes: { label: words.twoFactorCard.createCodes, act: renew, danger: false },
    off: { label: words.twoFactorCard.turnOff, act: switchOff, danger: true },
  }
  return (
    <Section
      title={words.twoFactorCard.title}
      text={words.twoFactorCard.text}
      action={on ? <Badge tone="good">{words.twoFactorCard.on}</Badge> : <Badge>{words.twoFactorCard.off}</Badge>}
    >
      {step.at === 'rest' &&
        (on ? (
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => askPassword('codes')}>{words.twoFactorCard.newCodes}</Button>
            <Button variant="quietDanger" onClick={() => askPassword('off')}>
              {words.twoFactorCard.turnOff}
            </Button>
          </div>
        ) : (
          <Button variant="primary" onClick={() => askPassword('setup')}>
            {words.twoFactorCard.setUp}
          </Button>
        ))}
      {step.at === 'password' && (
        <PasswordAsked key={step.for} {...asked[step.for]} factors={factors} onCancel={rest} />
      )}
      {step.at === 'setup' && (
        <TwoFactorSetup
          setup={step.setup}
          onCancel={rest}
          onDone={async () => {
            setStep({ at: 'codes', codes: step.setup.codes })
            await accountChanged()
          }}
        />
      )}
      {step.at === 'codes' && <RecoveryCodes codes={step.codes} onDone={rest} />}
    </Section>
  )
}
