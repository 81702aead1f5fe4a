import { CopyButton } from '../../components/values/copy-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { words } from './words.ts'

/** Shown once: the server keeps them sealed. */
export const RecoveryCodes = ({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) => (
  <div className="grid gap-4">
    <p className="text-base">{words.recoveryCodes.text}</p>
    <div className="flex items-start gap-2 rounded-lg border border-line p-3">
      <ul
        aria-label={words.recoveryCodes.label}
        className="grid min-w-0 flex-1 grid-cols-1 gap-x-6 gap-y-1 font-mono text-sm min-[420px]:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <CopyButton label={words.recoveryCodes.copy} read={() => codes.join('\n')} />
    </div>
    <Notice kind="warn" title={words.recoveryCodes.title}>
      {words.recoveryCodes.warning}
    </Notice>
    <div>
      <Button variant="primary" onClick={onDone}>
        {words.recoveryCodes.done}
      </Button>
    </div>
  </div>
)
