import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { toast } from '../../lib/toast.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { words } from '../words.ts'

/** Copies what `read` gives; says so for two seconds. */
export function CopyButton({ label, read }: { label: string; read: () => string | Promise<string> }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await read())
      setCopied(true)
    } catch {
      toast.error(words.copyButton.refused)
    }
  }
  return (
    <>
      <IconButton icon={copied ? Check : Copy} label={label} onClick={() => void copy()} />
      <span role="status" className="sr-only">
        {copied ? words.copyButton.copied : ''}
      </span>
    </>
  )
}
