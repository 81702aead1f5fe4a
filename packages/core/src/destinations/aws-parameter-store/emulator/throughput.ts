/**
 * Parameter Store's rate limits for one account and region, which no answer reports: 3 writes a second (AWS support,
 * issue 2944 of github-aws-runners/terraform-aws-github-runner), 40 reads. For the others nothing is published; 10 is
 * an assumption (2026-11-28).
 */
import type { EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { bucket, type Bucket } from '../../shared/emulators/emulator-bucket.ts'

const perSecond = (calls: number) => ({ burst: calls, refill: calls, intervalMs: 1_000 })
export const WRITES = perSecond(3)
const READS = perSecond(40)
const OTHERS = perSecond(10)

/** True when the call may go ahead. Sizes other than the vendor's are one bucket for all calls. */
export function throughput(limit: EmulatorOptions['rateLimit']): (operation: string) => boolean {
  if (limit !== true) {
    const all = bucket(limit, OTHERS)
    return () => all.take()
  }
  const [writes, reads] = [bucket(true, WRITES), bucket(true, READS)]
  const others = new Map<string, Bucket>()
  return (operation) => {
    if (operation === 'PutParameter') return writes.take()
    if (operation.startsWith('GetParameter')) return reads.take()
    const own = others.get(operation) ?? bucket(true, OTHERS)
    others.set(operation, own)
    return own.take()
  }
}
