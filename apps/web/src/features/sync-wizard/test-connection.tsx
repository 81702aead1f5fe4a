import { CircleCheck, CircleX } from 'lucide-react'
import { Button } from '../../components/ui/button.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

/** Asks the vendor whether the stored credential still works. */
export function TestConnection({ connectionId }: { connectionId: string }) {
  const check = trpc.connections.check.useMutation()
  const problem = check.error ? messageOf(check.error) : check.data?.problem
  return (
    <>
      <Button size="sm" busy={check.isPending} onClick={() => check.mutate({ connectionId })}>
        {words.testConnection.test}
      </Button>
      <span role="status" className="text-sm">
        {problem !== undefined && problem !== null && (
          <span className="flex items-start gap-1.5 font-medium text-bad">
            <CircleX aria-hidden className="mt-0.5 size-4 shrink-0" /> {problem}
          </span>
        )}
        {check.data && check.data.problem === null && (
          <span className="flex items-center gap-1.5 font-medium text-good">
            <CircleCheck aria-hidden className="size-4" /> {words.testConnection.works}
            {check.data.account !== null && `: ${check.data.account}`}
          </span>
        )}
      </span>
    </>
  )
}
