import { count } from '@keyferry/schemas/count'
import { Notice } from '../../components/ui/notice.tsx'
import type { Sync } from '../../lib/types.ts'
import type { Blockage } from './blocked-banner.tsx'
import { BlockedKeys } from './blocked-keys.tsx'

/** Something of the folder cannot be resolved: each secret with the way there. */
export const BlockedBySource = ({ sync, blocked }: { sync: Sync; blocked: Blockage }) => (
  <Notice kind="blocked" title={`Blocked: ${count(blocked.keys.length, 'secret cannot', 'secrets cannot')} be sent`}>
    <div className="grid gap-2">
      <p>
        {blocked.keys.length === 0
          ? blocked.message
          : 'Nothing is sent until every secret resolves. Fix them and the sync resumes automatically.'}
      </p>
      <BlockedKeys sync={sync} blocked={blocked} linked />
    </div>
  </Notice>
)
