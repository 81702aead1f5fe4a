import { Building2 } from 'lucide-react'
import { useState } from 'react'
import { signInWithProvider } from '../lib/session/auth.ts'
import { messageOf } from '../lib/server/errors.ts'
import { Button } from './ui/button.tsx'
import { Notice } from './ui/notice.tsx'
import { words } from './words.ts'

/** The way in through the organization's own sign-in (OpenID Connect); leads to `next`. */
export function ProviderButton({ next }: { next: string }) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const leave = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      await signInWithProvider(next)
    } catch (error) {
      setProblem(messageOf(error))
      setBusy(false)
    }
  }
  return (
    <div className="grid gap-4">
      {problem !== undefined && <Notice kind="bad">{problem}</Notice>}
      <Button busy={busy} onClick={() => void leave()}>
        <Building2 aria-hidden className="size-4" /> {words.providerButton.signWithYourOrganization}
      </Button>
    </div>
  )
}
