import { useEffect } from 'react'
import { toast, Toaster } from 'sonner'
import { useTheme } from '../lib/theme.ts'
import { onToast, takeToasts } from '../lib/toast.ts'

const show = () => {
  for (const { kind, text, ...rest } of takeToasts()) toast[kind](text, rest)
}

/** Shows what is said from now on, and what was said while this was loading. */
export function Toasts() {
  const theme = useTheme()
  useEffect(() => {
    show()
    return onToast(show)
  }, [])
  return <Toaster theme={theme} position="bottom-right" closeButton style={{ fontFamily: 'inherit' }} />
}
