import { useState } from 'react'
import { CopyButton } from '../../../components/values/copy-button.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { generate } from './generate.ts'
import { GeneratorFields, isSized, START } from './generator-fields.tsx'
import { words } from '../words.ts'

/** Puts a random value into the field. Of a key pair the private key; the public one can be copied here. */
export function Generator({ onGenerated, onClose }: { onGenerated: (value: string) => void; onClose: () => void }) {
  const [settings, setSettings] = useState(START)
  const [publicKey, setPublicKey] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const { kind } = settings
  const isBarred = !isSecureContext && (kind === 'uuid' || kind === 'pair')

  const put = async () => {
    setProblem(undefined)
    try {
      const { value, publicKey } = await generate(settings)
      onGenerated(value)
      setPublicKey(publicKey)
    } catch (error) {
      setProblem(messageOf(error))
    }
  }
  return (
    <>
      <GeneratorFields
        settings={settings}
        onChange={(next) => {
          setSettings(next)
          if (next.kind !== kind) setPublicKey(undefined)
        }}
      />
      {isBarred && <p className="text-sm text-warn">{words.generator.httpsOnly}</p>}
      {problem !== undefined && (
        <Notice kind="bad" title={words.generator.failed}>
          {problem}
        </Notice>
      )}
      {publicKey !== undefined && (
        <div className="flex items-start gap-1">
          <code className="max-h-24 min-w-0 flex-1 overflow-auto rounded-md bg-sunken p-2 text-xs break-all whitespace-pre-wrap">
            {publicKey}
          </code>
          <CopyButton label={words.generator.copyPublicKey} read={() => publicKey} />
        </div>
      )}
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          {words.generator.close}
        </Button>
        <Button size="sm" variant="primary" disabled={isBarred || !isSized(settings)} onClick={() => void put()}>
          {words.generator.generate}
        </Button>
      </div>
    </>
  )
}
