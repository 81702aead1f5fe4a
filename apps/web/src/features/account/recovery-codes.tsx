import { CopyButton } from '../../components/copy-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'

/** Shown once: the server keeps them sealed. */
export const RecoveryCodes = ({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) => (
  <div className="grid gap-4">
    <p className="text-base">
      Each of these signs you in once when the app is not at hand. Codes from before do not work any more.
    </p>
    <div className="flex items-start gap-2 rounded-lg border border-line p-3">
      <ul
        aria-label="Recovery codes"
        className="grid min-w-0 flex-1 grid-cols-1 gap-x-6 gap-y-1 font-mono text-sm min-[420px]:grid-cols-2"
      >
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <CopyButton label="Copy recovery codes" read={() => codes.join('\n')} />
    </div>
    <Notice kind="warn" title="Store them now">
      Keyferry does not show them again. Without the app and without these, only an instance admin can let you in.
    </Notice>
    <div>
      <Button variant="primary" onClick={onDone}>
        I stored them
      </Button>
    </div>
  </div>
)
