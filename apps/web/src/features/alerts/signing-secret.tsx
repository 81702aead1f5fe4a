import { ShownOnce } from '../../components/values/shown-once.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { words } from './words.ts'

/** What signs the deliveries to a new webhook, once, and how a receiver checks it. */
export const SigningSecret = ({ address, secret, onDone }: { address: string; secret: string; onDone: () => void }) => (
  <Section title={words.signingSecret.title(address)} text={words.signingSecret.text}>
    <div className="grid max-w-2xl gap-4">
      <ShownOnce label={words.signingSecret.signingSecret} value={secret} warning={words.signingSecret.shownOnce} />
      <p className="text-sm text-soft">
        {words.signingSecret.header} <code className="font-mono wrap-anywhere">x-keyferry-signature: t=…,v1=…</code>
        {words.signingSecret.where} <code className="font-mono">v1</code> {words.signingSecret.hmacSha256}{' '}
        <code className="font-mono">t</code>
        {words.signingSecret.headerEnd}
      </p>
      <div>
        <Button variant="primary" onClick={onDone}>
          {words.signingSecret.done}
        </Button>
      </div>
    </div>
  </Section>
)
