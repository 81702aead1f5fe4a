import { ShownOnce } from '../../components/shown-once.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'

/** What signs the deliveries to a new webhook, once, and how a receiver checks it. */
export const SigningSecret = ({ address, secret, onDone }: { address: string; secret: string; onDone: () => void }) => (
  <Section title={`Signing secret of ${address}`} text="The receiver checks with it that an alert comes from here.">
    <div className="grid max-w-2xl gap-4">
      <ShownOnce
        label="Signing secret"
        value={secret}
        warning="Keyferry encrypts it and does not show it again. Without it, add the webhook again."
      />
      <p className="text-sm text-soft">
        Each request has a header <code className="font-mono break-all">x-keyferry-signature: t=…,v1=…</code>, where{' '}
        <code className="font-mono">v1</code> is the HMAC-SHA256, in hex, of <code className="font-mono">t</code>, a
        full stop and the body. Refuse what is older than a few minutes.
      </p>
      <div>
        <Button variant="primary" onClick={onDone}>
          I stored it
        </Button>
      </div>
    </div>
  </Section>
)
