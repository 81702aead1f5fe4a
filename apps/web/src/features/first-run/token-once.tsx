import { Link } from '@tanstack/react-router'
import { Alone } from '../../components/brand.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'

/** The instance's API token, once. It lives in this component's state and nowhere else. */
export const TokenOnce = ({ token }: { token: string }) => (
  <Alone
    title="Your API token"
    text="Scripts and other services sign in with it, as a bearer token on every REST call."
  >
    <div className="grid gap-4">
      <div className="flex items-start gap-2 rounded-lg border border-line bg-surface p-3">
        <code aria-label="API token" className="min-w-0 flex-1 font-mono text-sm break-all">
          {token}
        </code>
        <CopyButton label="Copy token" read={() => token} />
      </div>
      <Notice kind="warn" title="Store it now">
        Copy it now. It won’t be shown again.
      </Notice>
      <Button asChild variant="primary">
        <Link to="/projects/new" replace>
          Continue
        </Link>
      </Button>
    </div>
  </Alone>
)
