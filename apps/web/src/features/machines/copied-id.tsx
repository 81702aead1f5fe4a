import { CopyButton } from '../../components/values/copy-button.tsx'
import { words } from './words.ts'

/** An id that people carry elsewhere. `name` is what it is called, such as "client ID". */
export const CopiedId = ({ name, id }: { name: string; id: string }) => (
  <span className="flex min-w-0 items-center gap-1">
    <code className="min-w-0 font-mono text-sm break-all text-ink">{id}</code>
    <CopyButton label={words.copiedId.copy(name)} read={() => id} />
  </span>
)
