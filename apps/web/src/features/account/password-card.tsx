import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { ChangePassword } from './forms.tsx'
import { words } from './words.ts'

export function PasswordCard() {
  const [changing, setChanging] = useState(false)
  return (
    <Section
      title={words.passwordCard.title}
      text={words.passwordCard.text}
      action={!changing && <Button onClick={() => setChanging(true)}>{words.passwordCard.action}</Button>}
    >
      {changing ? <ChangePassword onDone={() => setChanging(false)} /> : undefined}
    </Section>
  )
}
