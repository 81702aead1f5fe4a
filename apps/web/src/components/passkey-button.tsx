import { KeyRound } from 'lucide-react'
import { useState } from 'react'
import { signInWithPasskey } from '../lib/session/auth.ts'
import { messageOf } from '../lib/server/errors.ts'
import { Button } from './ui/button.tsx'
import { Notice } from './ui/notice.tsx'
import { words } from './words.ts'

/** Signs in with a passkey of this device. */
export function PasskeyButton({ onDone }: { onDone: () => Promise<unknown> }) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const use = async () => {
    setBusy(true)
    setProblem(undefined)
    try {
      await signInWithPasskey()
      await onDone()
    } catch (error) {
      setProblem(messageOf(error))
    }
    setBusy(false)
  }
  return (
    <div className="grid gap-4">
      {problem !== undefined && <Notice kind="bad">{problem}</Notice>}
      <Button busy={busy} onClick={() => void use()}>
        <KeyRound aria-hidden className="size-4" /> {words.passkeyButton.signWithPasskey}
      </Button>
    </div>
  )
}
