import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Refusal } from '../../components/refusal.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { rename } from '../../lib/session/auth.ts'
import { toast } from '../../lib/toast.ts'
import { accountChanged } from './account-query.ts'
import { words } from './words.ts'

/** As long as the server takes. */
const LONGEST = 64

/** What others read where this person is named. */
export function NameCard({ name }: { name: string }) {
  const [typed, setTyped] = useState(name)
  const save = useMutation({
    mutationFn: rename,
    onSuccess: async () => {
      await accountChanged()
      toast.success(words.nameCard.saved)
    },
  })
  const wanted = typed.trim()
  return (
    <Section title={words.nameCard.title} text={words.nameCard.text}>
      <form
        className="grid max-w-md gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(wanted)
        }}
      >
        <Refusal error={save.error} />
        <TextField
          label={words.nameCard.label}
          autoComplete="name"
          maxLength={LONGEST}
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        <Button type="submit" className="w-fit" busy={save.isPending} disabled={wanted === '' || wanted === name}>
          {words.nameCard.save}
        </Button>
      </form>
    </Section>
  )
}
