import { Pencil } from 'lucide-react'
import type { ReactNode } from 'react'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import type { Connection } from '../../lib/server/types.ts'
import { words } from './words.ts'

interface Props {
  connection: Connection
  /** The title of its way to sign in, where the destination still has it. */
  method: string | undefined
  /** Why they may not change it. */
  denied: string | undefined
  onEdit: () => void
}

/** Of which account a connection is, how it signs in, and since when. */
export const ConnectionFacts = ({ connection, method, denied, onEdit }: Props) => (
  <Section
    title={words.connectionPage.facts}
    action={
      <Button size="sm" denied={denied} onClick={onEdit}>
        <Pencil aria-hidden className="size-3.5" /> {words.connectionPage.edit}
      </Button>
    }
  >
    <dl className="grid gap-3 text-sm">
      <Fact name={words.connectionPage.account}>{connection.account ?? words.connectionPage.noAccount}</Fact>
      <Fact name={words.connectionPage.method}>{method ?? connection.method}</Fact>
      <Fact name={words.connectionPage.check}>
        {connection.checkedAt === null ? words.connectionCard.neverChecked : <Time iso={connection.checkedAt} />}
      </Fact>
      <Fact name={words.connectionPage.created}>
        <Time iso={connection.createdAt} />
      </Fact>
      <Fact name={words.connectionPage.changed}>
        <Time iso={connection.updatedAt} />
      </Fact>
    </dl>
  </Section>
)

const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="grid gap-0.5">
    <dt className="text-soft">{name}</dt>
    <dd className="break-words">{children}</dd>
  </div>
)
