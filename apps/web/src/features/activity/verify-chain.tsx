import { ShieldCheck } from 'lucide-react'
import { Failure } from '../../components/failure.tsx'
import { CopyButton } from '../../components/values/copy-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

/** Checks on request that no entry of the whole log was changed, removed or added. */
export const useVerifyChain = () => trpc.audit.verify.useMutation()
type Check = ReturnType<typeof useVerifyChain>

export const VerifyButton = ({ check }: { check: Check }) => (
  <Button busy={check.isPending} onClick={() => check.mutate()}>
    {!check.isPending && <ShieldCheck aria-hidden className="size-4" />} {words.verifyChain.verify}
  </Button>
)

/** What the check found. */
export function VerifyResult({ check }: { check: Check }) {
  if (check.error) {
    return <Failure what={words.verifyChain.failed} error={check.error} retry={() => check.mutate()} />
  }
  if (!check.data) return null
  const { rows, head, problem } = check.data
  if (problem !== null) {
    return (
      <Notice kind="bad" title={words.verifyChain.broken}>
        {words.verifyChain.brokenText(problem.message, words.verifyChain.entriesAre(rows))}
      </Notice>
    )
  }
  return (
    <div role="status">
      <Notice
        title={head === null ? words.verifyChain.empty : words.verifyChain.verified(head.seq.toLocaleString('en'))}
      >
        {words.verifyChain.verifiedText(words.verifyChain.entries(rows))}
        {head !== null && (
          <span className="flex items-start gap-x-2">
            <span className="mt-1 min-w-0 font-mono text-xs break-all text-soft">{head.hash}</span>
            <CopyButton label={words.verifyChain.copyEnd} read={() => `${head.seq} ${head.hash}`} />
          </span>
        )}
      </Notice>
    </div>
  )
}
