import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { ChangePassword } from './forms.tsx'

export function PasswordCard() {
  const [changing, setChanging] = useState(false)
  return (
    <Section
      title="Password"
      text="A passphrase works well."
      action={!changing && <Button onClick={() => setChanging(true)}>Change password</Button>}
    >
      {changing ? <ChangePassword onDone={() => setChanging(false)} /> : undefined}
    </Section>
  )
}
